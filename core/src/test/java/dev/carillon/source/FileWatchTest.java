package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a watch on files tells. */
@Covers("C14")
class FileWatchTest {
  @TempDir private Path temp;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(temp.resolve("watched"));
  }

  private Path write(String below, String text) throws IOException {
    Path file = directory.resolve(below);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void watch_createModifyDelete_areTold() throws Exception {
    write("old.txt", "there before");
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      Path file = write("a.txt", "1");
      changes.await("CREATED a.txt");
      Files.writeString(file, "22");
      changes.await("MODIFIED a.txt");
      Files.delete(file);
      changes.await("DELETED a.txt");
      assertThat(changes.told())
          .containsExactly("CREATED a.txt", "MODIFIED a.txt", "DELETED a.txt");
      assertThat(changes.items().getLast().payload().size()).as("as it was").isEqualTo(2);
    }
  }

  @Test
  @Covers("C29")
  void item_ofAChange_hasItsTimeItsResourceAndItsPosition() throws Exception {
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      Path file = write("a b.txt", "12345");
      changes.await("CREATED a b.txt");
      Item<FileChange> item = changes.items().getFirst();
      Instant modified = Files.getLastModifiedTime(file).toInstant();
      assertThat(item.payload())
          .isEqualTo(new FileChange(FileChange.Kind.CREATED, file, 5, modified));
      assertThat(item.allHeaders())
          .containsEntry(Origin.SOURCE, "files")
          .containsEntry(Origin.KIND, "file-watch")
          .containsEntry(Origin.RESOURCE, file.toUri().toString())
          .containsEntry(Origin.TIME, modified.toString())
          .containsEntry(Origin.POSITION, "1");
    }
  }

  @Test
  void watch_severalWritesWithinTheQuietTime_areToldOnce() throws Exception {
    var watch = FileWatch.of(directory).settledFor(Duration.ofMillis(200));
    try (var changes = new Changes(directory, watch).start()) {
      for (int i = 0; i < 20; i++) {
        write("a.txt", "x".repeat(i));
      }
      write("b.txt", "");
      Files.delete(directory.resolve("b.txt"));
      changes.await("CREATED a.txt");
      write("end.txt", "");
      changes.await("CREATED end.txt");
      assertThat(changes.told()).containsExactly("CREATED a.txt", "CREATED end.txt");
      assertThat(changes.items().getFirst().payload().size()).isEqualTo(19);
    }
  }

  @Test
  void watch_noQuietTime_eachStateThatIsMetIsToldAndTheLastOneInTheEnd() throws Exception {
    var watch = FileWatch.of(directory).settledFor(Duration.ZERO);
    try (var changes = new Changes(directory, watch).start()) {
      for (int i = 0; i < 200; i++) {
        write("a.txt", "x".repeat(i));
      }
      changes.awaitFinal();
      assertThat(changes.told()).startsWith("CREATED a.txt").contains("MODIFIED a.txt");
    }
  }

  @Test
  void watch_whatOnlyLooksChanged_isNotTold() throws Exception {
    Path file = write("a.txt", "same");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00.5Z")));
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(temp)); // noticed
      write("end.txt", "");
      changes.await("CREATED end.txt");
      assertThat(changes.told()).containsExactly("CREATED end.txt");
    }
  }

  @Test
  void watch_replacedByAFileOfTheSameSizeAndTime_isTold() throws Exception {
    var time = FileTime.from(Instant.parse("2020-01-01T00:00:00.5Z"));
    Path file = write("a.txt", "old");
    Files.setLastModifiedTime(file, time);
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      Path other = Files.writeString(temp.resolve("other"), "new");
      Files.setLastModifiedTime(other, time);
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      changes.await("MODIFIED a.txt");
    }
  }

  @Test
  void reportingExisting_firstStart_tellsWhatIsThere() throws Exception {
    write("a.txt", "1");
    write("sub/b.txt", "1");
    var watch = FileWatch.of(directory).recursive().reportingExisting();
    try (var changes = new Changes(directory, watch).start()) {
      changes.await("CREATED a.txt", "CREATED sub/b.txt");
      changes.source.stop();
      changes.start();
      write("end.txt", "");
      changes.await("CREATED end.txt");
      assertThat(changes.told()).as("once").hasSize(3);
    }
  }

  @Test
  void recursive_directoriesThatComeGoAndMove_areFollowed() throws Exception {
    write("a/b/1.txt", "1");
    var watch = FileWatch.of(directory).recursive();
    try (var changes = new Changes(directory, watch).start()) {
      write("a/b/2.txt", "1");
      write("new/deep/down/3.txt", "1");
      changes.await("CREATED a/b/2.txt", "CREATED new/deep/down/3.txt");
      Files.move(directory.resolve("a"), directory.resolve("moved"));
      changes.await("DELETED a/b/1.txt", "DELETED a/b/2.txt", "CREATED moved/b/1.txt");
      write("moved/b/4.txt", "1");
      write("a/b/5.txt", "another directory of that name");
      changes.await("CREATED moved/b/4.txt", "CREATED a/b/5.txt");
      Files.move(directory.resolve("new/deep"), directory.resolve("moved/deep"));
      changes.await("DELETED new/deep/down/3.txt", "CREATED moved/deep/down/3.txt");
      write("moved/deep/down/6.txt", "1");
      changes.await("CREATED moved/deep/down/6.txt");
      Deleting.tree(directory.resolve("moved"));
      changes.await("DELETED moved/b/4.txt", "DELETED moved/deep/down/6.txt");
      write("moved/b/1.txt", "made again");
      changes.awaitFinal();
    }
  }

  @Test
  void recursive_directoriesMadeAndFilledAtOnce_loseNothing() throws Exception {
    var watch = FileWatch.of(directory).recursive().settledFor(Duration.ZERO);
    try (var changes = new Changes(directory, watch).start()) {
      for (int i = 0; i < 200; i++) {
        write("d" + i % 20 + "/e" + i + "/f.txt", "1");
        if (i % 3 == 0) {
          Files.move(directory.resolve("d" + i % 20), directory.resolve("m" + i));
        }
      }
      changes.awaitFinal();
    }
  }

  @Test
  void notRecursive_directoriesBelow_areNotLookedInto() throws Exception {
    write("sub/a.txt", "1");
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      write("sub/b.txt", "1");
      write("more/c.txt", "1");
      write("end.txt", "1");
      changes.await("CREATED end.txt");
      assertThat(changes.told()).containsExactly("CREATED end.txt");
    }
  }

  @Test
  void matchingAndIgnoring_globs_chooseFilesByNameOrPath() throws Exception {
    var watch =
        FileWatch.of(directory)
            .recursive()
            .matching("*.csv")
            .matching("logs/**/*.log")
            .ignoring("tmp*")
            .ignoring("a/secret/**");
    try (var changes = new Changes(directory, watch).start()) {
      write("a/secret/no.csv", "");
      write("tmp1/no.csv", "");
      write("a/tmp.csv", "");
      write("a/no.log", "");
      write("no.txt", "");
      write("logs/x/yes.log", "");
      write("a/b/yes.csv", "");
      write("yes.csv", "");
      changes.await("CREATED logs/x/yes.log", "CREATED a/b/yes.csv", "CREATED yes.csv");
      assertThat(changes.told()).hasSize(3);
    }
  }

  @Test
  void watch_symbolicLinks_areNotFollowed() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret.txt"), "1");
    Path link = Files.createSymbolicLink(temp.resolve("link"), directory);
    var watch = FileWatch.of(link).recursive().reportingExisting();
    try (var changes = new Changes(link, watch).start()) {
      Files.createSymbolicLink(directory.resolve("dir"), outside);
      Files.createSymbolicLink(directory.resolve("file"), outside.resolve("secret.txt"));
      Files.createSymbolicLink(directory.resolve("loop"), directory);
      write("end.txt", "");
      changes.await("CREATED end.txt");
      assertThat(changes.told()).containsExactly("CREATED end.txt");
    }
  }

  @Test
  void root_missing_failsAndIsTriedAgainUntilItIsThere() throws Exception {
    Files.delete(directory);
    try (var changes = new Changes(directory, FileWatch.of(directory))) {
      changes.source.start();
      Patience.until("it fails", () -> changes.source.failure().isPresent());
      assertThat(changes.source.failure().orElseThrow()).hasMessageContaining("watched");
      write("a.txt", "made while it was tried again, so it is new");
      changes.await("CREATED a.txt");
    }
  }

  @Test
  void root_replaced_isNoticedAndTheDifferencesAreTold() throws Exception {
    Path same = write("same.txt", "1");
    Files.setLastModifiedTime(same, FileTime.from(Instant.parse("2020-01-01T00:00:00.5Z")));
    write("gone.txt", "1");
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      Path away = temp.resolve("away");
      Files.move(directory, away);
      Files.createDirectory(directory);
      Files.move(away.resolve("same.txt"), directory.resolve("same.txt"));
      write("fresh.txt", "1");
      changes.await("DELETED gone.txt", "CREATED fresh.txt");
      assertThat(changes.told()).hasSize(2);
      assertThat(changes.source.stats().starts()).isGreaterThan(1);
    }
  }

  @Test
  void stoppedAndStarted_sameProcess_tellsWhatChangedBetween() throws Exception {
    Path changed = write("changed.txt", "1");
    Path gone = write("gone.txt", "1");
    try (var changes = new Changes(directory, FileWatch.of(directory)).start()) {
      changes.source.stop();
      Files.writeString(changed, "22");
      Files.delete(gone);
      write("fresh.txt", "1");
      assertThat(changes.told()).isEmpty();
      changes.start();
      changes.await("MODIFIED changed.txt", "DELETED gone.txt", "CREATED fresh.txt");
      assertThat(changes.told()).hasSize(3);
    }
  }

  @Test
  void handlerThatFails_policyToStop_theChangeIsToldAgain() throws Exception {
    var tried = new CountDownLatch(3);
    try (var source =
        Source.open(
            FileWatch.of(directory),
            Outlet.<FileChange>handler(item -> {
              tried.countDown();
              if (tried.getCount() > 0) {
                throw new IOException("not yet: " + item.payload().kind());
              }
            }),
            s -> s.withRestart(Failing.SOON).onItemFailure(OnItemFailure.STOP))) {
      source.start().awaitReady(Patience.LONG);
      write("a.txt", "1");
      Patience.await(tried);
      Patience.until("it is settled", () -> source.stats().settled() == 1);
      assertThat(source.position()).contains("3");
    }
  }

  @Test
  void limits_moreFilesOrDirectories_areCountedAndToldWhenThereIsRoom() throws Exception {
    var watch = FileWatch.of(directory).recursive().withLimits(10, 2);
    try (var changes = new Changes(directory, watch).start()) {
      for (int i = 0; i < 12; i++) {
        write(i + ".txt", "1");
      }
      Patience.until("10 are told", () -> changes.told().size() == 10);
      Patience.until(
          "2 are refused", () -> changes.source.stats().refused().get("max-files") != null);
      for (int i = 0; i < 10; i++) {
        Files.deleteIfExists(directory.resolve(i + ".txt"));
      }
      changes.await("CREATED 10.txt", "CREATED 11.txt");
      write("one/a.txt", "1");
      changes.await("CREATED one/a.txt");
      write("two/b.txt", "1");
      Patience.until(
          "it is refused", () -> changes.source.stats().refused().get("max-directories") != null);
      Deleting.tree(directory.resolve("one"));
      changes.await("CREATED two/b.txt");
    }
  }

  @Test
  void limits_knownFileThatChangesAmongTooManyNewOnes_isTold() throws Exception {
    write("a.txt", "1");
    write("b.txt", "1");
    var watch = FileWatch.of(directory).withLimits(2, 2).settledFor(Duration.ofMillis(300));
    try (var changes = new Changes(directory, watch).start()) {
      write("c.txt", "1");
      write("d.txt", "1");
      write("a.txt", "22");
      changes.await("MODIFIED a.txt");
    }
  }

  @Test
  void rescanEvery_whatNothingTellsOf_isFound() throws Exception {
    var watch = FileWatch.of(directory).rescanEvery(Duration.ofMillis(100));
    Path file = write("a.txt", "1");
    Path link = Files.createLink(temp.resolve("link"), file);
    Path future = write("future.txt", "1");
    Files.setLastModifiedTime(future, FileTime.from(Instant.parse("2099-01-01T00:00:00.5Z")));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00.5Z")));
    try (var changes = new Changes(directory, watch).start()) {
      Files.writeString(link, "22"); // by its other name, of which the directory is not told
      changes.await("MODIFIED a.txt");
      assertThat(changes.told()).containsExactly("MODIFIED a.txt");
    }
  }

  @Test
  void settings_outsideTheirRanges_areRefused() {
    FileWatch watch = FileWatch.of(directory);
    assertThatThrownBy(() -> watch.settledFor(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("settledFor must not be negative: settledFor=PT-0.000000001S");
    assertThatThrownBy(() -> watch.settledFor(Duration.ofDays(2)))
        .hasMessage("settledFor must be at most a day: settledFor=PT48H");
    assertThatThrownBy(() -> watch.rescanEvery(Duration.ZERO))
        .hasMessage("rescanEvery must be positive: rescanEvery=PT0S");
    assertThatThrownBy(() -> watch.withLimits(0, 1))
        .hasMessage("files must be 1 to 100000000: files=0");
    assertThatThrownBy(() -> watch.withLimits(1, 0))
        .hasMessage("directories must be 1 to 100000000: directories=0");
    assertThatThrownBy(() -> watch.matching("[")).isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void remembering_withoutPositions_isRefusedWhenItIsOpened() {
    FileWatch watch = FileWatch.of(directory).remembering(temp.resolve("memory"));
    assertThatThrownBy(() -> Source.open(watch, Outlet.direct(item -> {})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SourceConfig.withPositions");
  }
}
