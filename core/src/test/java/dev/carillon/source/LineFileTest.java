package dev.carillon.source;

import static dev.carillon.source.Lines.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a source of lines tells. */
@Covers("C14")
class LineFileTest {
  @TempDir private Path temp;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = temp.resolve("shop.log");
  }

  private LineFile following() {
    return LineFile.of(file).pollEvery(Duration.ofMillis(5));
  }

  private void rotate(String name) throws Exception {
    Files.move(file, temp.resolve(name));
  }

  @Test
  void follow_growingFile_tellsWholeLinesAsTheyCome() throws Exception {
    append(file, "one\ntwo\r\n\nthr");
    try (var lines = new Lines(following()).start()) {
      lines.await("one", "two", "");
      append(file, "ee\n");
      lines.await("one", "two", "", "three");
      append(file, "vier: ä€😀\n");
      lines.await("one", "two", "", "three", "vier: ä€😀");
    }
  }

  @Test
  @Covers("C29")
  void item_ofALine_hasItsOffsetItsResourceAndItsPosition() throws Exception {
    append(file, "one\ntwo\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one", "two");
      assertThat(lines.items().getLast().allHeaders())
          .containsEntry(Origin.SOURCE, "lines")
          .containsEntry(Origin.KIND, "line-file")
          .containsEntry(Origin.RESOURCE, file.toUri().toString())
          .containsEntry(LineFile.OFFSET, "4")
          .containsKey(Origin.POSITION);
      assertThat(lines.items().getLast().position()).contains("offset=8");
    }
  }

  @Test
  void follow_missingFile_waitsForIt() throws Exception {
    try (var lines = new Lines(following())) {
      lines.source.start();
      append(file, "one\n");
      lines.await("one");
      Files.delete(file);
      append(file, "two\n");
      lines.await("one", "two");
    }
  }

  @Test
  void fromEnd_tellsOnlyLinesThatEndLater() throws Exception {
    append(file, "one\ntwo\nthr");
    try (var lines = new Lines(following().fromEnd()).start()) {
      append(file, "ee\nfour\n");
      lines.await("three", "four");
    }
  }

  @Test
  void fromEnd_stoppedBeforeTheFirstLine_continuesWhereItBegan() throws Exception {
    append(file, "one\n");
    try (var lines = new Lines(following().fromEnd()).start()) {
      lines.source.stop();
      append(file, "two\n");
      lines.start();
      lines.await("two");
    }
  }

  @Test
  void fromEnd_longBeginningOfALine_isSkippedWithTheLine() throws Exception {
    append(file, "x".repeat(100));
    try (var lines = new Lines(following().fromEnd().withMaxLine(10)).start()) {
      append(file, "x\nnext\n");
      lines.await("next");
      assertThat(lines.source.stats().refused()).containsEntry("max-line", 1L);
    }
  }

  @Test
  void once_endsAtTheEndWithTheRest() throws Exception {
    append(file, "one\ntwo");
    try (var lines = new Lines(LineFile.of(file).once()).start()) {
      Patience.until("it ends", () -> lines.source.state() == SourceState.ENDED);
      lines.await("one", "two");
    }
  }

  @Test
  void once_missingFile_fails() throws Exception {
    try (var lines = new Lines(LineFile.of(file).once())) {
      lines.source.start();
      Patience.until("it fails", () -> lines.source.failure().isPresent());
      assertThat(lines.source.failure().orElseThrow()).hasMessageContaining("shop.log");
    }
  }

  @Test
  void directory_insteadOfAFile_failsAndSaysSo() throws Exception {
    Files.createDirectory(file);
    try (var lines = new Lines(following())) {
      lines.source.start();
      Patience.until("it fails", () -> lines.source.failure().isPresent());
      assertThat(lines.source.failure().orElseThrow()).hasMessageContaining("not a regular file");
    }
  }

  @Test
  void rotation_renamedAndMadeAgain_readsTheOldOneToItsEndFirst() throws Exception {
    append(file, "one\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one");
      rotate("shop.log.1");
      append(temp.resolve("shop.log.1"), "two\nthree without an end");
      Files.createFile(file);
      append(temp.resolve("shop.log.1"), ", yet\nfour");
      append(file, "five\n");
      lines.await("one", "two", "three without an end, yet", "four", "five");
    }
  }

  @Test
  void rotation_severalTimesAtRandom_tellsEachLineOnce() throws Exception {
    var random = new SplittableRandom(4);
    List<String> written = new ArrayList<>(List.of("line 0"));
    append(file, "line 0\n");
    try (var lines = new Lines(following()).start()) {
      for (int i = 1; i < 3_000; i++) {
        written.add("line " + i);
        append(file, "line " + i + "\n");
        if (random.nextInt(100) == 0) {
          for (int old = 40; old > 0; old--) {
            Path from = temp.resolve("shop.log." + old);
            if (Files.exists(from)) {
              Files.move(from, temp.resolve("shop.log." + (old + 1)));
            }
          }
          rotate("shop.log.1");
        }
      }
      lines.await(written.toArray(String[]::new));
    }
  }

  @Test
  void rotation_whileStopped_continuesInTheOldFileAndThoseBetween() throws Exception {
    append(file, "one\ntwo\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one", "two");
      lines.source.stop();
      append(file, "three\n");
      rotate("shop.log.2");
      append(file, "four\n");
      rotate("shop.log.1");
      append(file, "five\n");
      lines.start();
      lines.await("one", "two", "three", "four", "five");
    }
  }

  @Test
  void rotation_severalWhileStopped_doNotWaitForTheFirstByteOfTheNewFile() throws Exception {
    Positions positions = Positions.inMemory();
    append(file, "one\n");
    try (var lines = new Lines(following(), s -> s.withPositions(positions)).start()) {
      lines.await("one");
    }
    rotate("shop.log.2");
    Files.writeString(temp.resolve("shop.log.1"), "two\n");
    for (boolean isThere : List.of(false, true)) {
      if (isThere) {
        Files.createFile(file);
      }
      Positions copy = Positions.inMemory();
      copy.save("lines", positions.load("lines").orElseThrow());
      try (var lines = new Lines(following(), s -> s.withPositions(copy)).start()) {
        lines.await("two");
        append(file, isThere ? "three\n" : "");
        lines.await(isThere ? new String[] {"two", "three"} : new String[] {"two"});
      }
      Files.delete(file);
    }
  }

  @Test
  void once_severalRotationsAndAnEmptyNewFile_readsThoseBetween() throws Exception {
    Positions positions = Positions.inMemory();
    append(file, "one\n");
    try (var lines = new Lines(following(), s -> s.withPositions(positions)).start()) {
      lines.await("one");
    }
    rotate("shop.log.2");
    Files.writeString(temp.resolve("shop.log.1"), "two\n");
    Files.createFile(file);
    try (var lines = new Lines(following().once(), s -> s.withPositions(positions)).start()) {
      Patience.until("it ends", () -> lines.source.state() == SourceState.ENDED);
      lines.await("two");
    }
  }

  @Test
  void file_thatCameAfterTheStart_failsAndIsRotated_isReadAgain() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    ItemHandler<String> handler =
        item -> {
          told.add(item.payload());
          if (told.size() == 1) {
            rotate("shop.log.1");
            append(file, "two\n");
            throw new IllegalStateException("as it should");
          }
        };
    Path fresh = temp.resolve("fresh");
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                following(),
                Outlet.handler(handler),
                s -> s.withRestart(Failing.SOON).onItemFailure(OnItemFailure.STOP))) {
      source.start();
      Patience.until("it runs", () -> source.stats().starts() == 1);
      append(fresh, "one\n");
      Files.setLastModifiedTime(fresh, FileTime.from(Instant.now().plusSeconds(1)));
      Files.move(fresh, file);
      Patience.until("both are told", () -> told.size() >= 3);
      assertThat(told).containsExactly("one", "one", "two");
    }
  }

  @Test
  void rotatedTo_otherNames_areFound() throws Exception {
    append(file, "one\n");
    try (var lines = new Lines(following().rotatedTo("old-*")).start()) {
      lines.await("one");
      lines.source.stop();
      append(file, "two\n");
      rotate("old-shop");
      append(file, "three\n");
      lines.start();
      lines.await("one", "two", "three");
    }
  }

  @Test
  void rotation_oldFileIsGone_isCountedAndTheNewOneIsRead() throws Exception {
    append(file, "one\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one");
      lines.source.stop();
      append(file, "lost\n");
      Files.move(file, temp.resolve("elsewhere"));
      append(file, "two\n");
      lines.start();
      lines.await("one", "two");
      assertThat(lines.source.stats().refused()).containsEntry("rotated-away", 1L);
    }
  }

  @Test
  void truncation_whileItRuns_readsFromTheStart() throws Exception {
    append(file, "one, and a few words more\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one, and a few words more");
      Files.writeString(file, "two\n");
      lines.await("one, and a few words more", "two");
      assertThat(lines.source.stats().refused()).containsEntry("truncated", 1L);
    }
  }

  @Test
  void truncation_andGrownBeyondThePlaceWhileStopped_readsFromTheStart() throws Exception {
    append(file, "one\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one");
      lines.source.stop();
      Files.writeString(file, "two\nthree\n");
      lines.start();
      lines.await("one", "two", "three");
    }
  }

  @Test
  void truncation_afterACopy_readsTheCopyToItsEndFirst() throws Exception {
    append(file, "one, and a few words more\n");
    try (var lines = new Lines(following()).start()) {
      lines.await("one, and a few words more");
      lines.source.stop();
      append(file, "two\n");
      Files.copy(file, temp.resolve("shop.log.1"), StandardCopyOption.COPY_ATTRIBUTES);
      Files.writeString(file, "three\n");
      lines.start();
      lines.await("one, and a few words more", "two", "three");
      assertThat(lines.source.stats().refused()).isEmpty();
    }
  }

  @Test
  void maxLine_longerLines_areCountedAndPassedOver() throws Exception {
    var lines = new Lines(following().withMaxLine(200_000).once());
    try (lines) {
      append(file, "a\n" + "b".repeat(200_000) + "\r\n" + "c".repeat(200_001) + "\n");
      append(file, "d\n" + "e".repeat(3_000_000) + "\nf\n" + "g".repeat(300_000));
      lines.start();
      Patience.until("it ends", () -> lines.source.state() == SourceState.ENDED);
      lines.await("a", "b".repeat(200_000), "d", "f");
      assertThat(lines.source.stats().refused()).containsEntry("max-line", 3L);
    }
  }

  @Test
  void malformed_lines_areCountedAndPassedOverOrMended() throws Exception {
    append(file, new byte[] {'a', (byte) 0xFF, '\n', 'b', '\n', (byte) 0xC3, '\n'});
    try (var lines = new Lines(LineFile.of(file).once()).start();
        var mended = new Lines(LineFile.of(file).replacingMalformed().once()).start()) {
      lines.await("b");
      mended.await("a\uFFFD", "b", "\uFFFD");
      Patience.until("both end", () -> lines.source.state() == SourceState.ENDED);
      assertThat(lines.source.stats().refused()).containsEntry("malformed", 2L);
      assertThat(mended.source.stats().refused()).containsEntry("malformed", 2L);
    }
  }

  @Test
  void charset_andByteOrderMark_areKnown() throws Exception {
    append(file, "\uFEFFmarked\n");
    Path latin = temp.resolve("latin");
    append(latin, "ä\n".getBytes(StandardCharsets.ISO_8859_1));
    try (var lines = new Lines(LineFile.of(file).once()).start();
        var others =
            new Lines(LineFile.of(latin).withCharset(StandardCharsets.ISO_8859_1).once()).start()) {
      lines.await("marked");
      others.await("ä");
    }
  }

  @Test
  void slowHandler_largeFile_isReadNoFasterThanItIsHandled() throws Exception {
    append(file, "0123456789\n".repeat(500_000));
    var entered = new java.util.concurrent.CountDownLatch(1);
    var free = new java.util.concurrent.CountDownLatch(1);
    try (var source =
        Source.open(
            LineFile.of(file).once(),
            Outlet.<String>concurrent(
                1,
                item -> {
                  entered.countDown();
                  free.await();
                }),
            s -> s.withWindow(16).withGrace(Duration.ZERO))) {
      source.start();
      Patience.await(entered);
      Patience.until("it is full or waits", () -> source.stats().underWay() <= 2);
      assertThat(source.stats().taken()).isLessThan(17);
    }
  }

  @Test
  void position_ofAnotherKind_failsAndNamesIt() throws Exception {
    append(file, "one\n");
    Positions positions = Positions.inMemory();
    positions.save("lines", "57");
    try (var lines = new Lines(following(), s -> s.withPositions(positions))) {
      lines.source.start();
      Patience.until("it fails", () -> lines.source.failure().isPresent());
      assertThat(lines.source.failure().orElseThrow())
          .hasMessage("not a position of a file of lines: source=\"lines\", position=\"57\"");
    }
  }

  @Test
  void settings_outsideTheirRanges_areRefused() {
    assertThatThrownBy(() -> LineFile.of(Path.of("/")))
        .hasMessage("a file must have a name: file=/");
    assertThatThrownBy(() -> following().withMaxLine(0))
        .hasMessage("max-line must be 1 to 1073741824: max-line=0");
    assertThatThrownBy(() -> following().withCharset(StandardCharsets.UTF_16))
        .hasMessage("a line must end with the byte 10 in the charset: charset=UTF-16");
    assertThatThrownBy(() -> following().pollEvery(Duration.ofMillis(1)))
        .hasMessage("pollEvery in ms must be 5 to 3600000: pollEvery in ms=1");
  }
}
