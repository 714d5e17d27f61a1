package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.LockProbe;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a watch on files remembers beyond its process. */
@Covers("C14")
class FileMemoryTest {
  private static final FileState STATE = new FileState(5, 1_700_000_000_123_456_789L, 42);

  @TempDir private Path temp;
  private Path directory;
  private Path memory;
  private Positions positions;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(temp.resolve("watched"));
    memory = temp.resolve("state/memory");
    positions = Positions.inDirectory(temp.resolve("positions"), false);
  }

  private Changes process(FileWatch watch) throws InterruptedException {
    return new Changes(directory, watch.remembering(memory), s -> s.withPositions(positions))
        .start();
  }

  @Test
  void nextProcess_tellsWhatChangedSinceAndNothingElse() throws Exception {
    Path changed = Files.writeString(directory.resolve("changed"), "1");
    Path gone = Files.writeString(directory.resolve("gone"), "1");
    Files.writeString(directory.resolve("same"), "1");
    var watch = FileWatch.of(directory).reportingExisting();
    try (var first = process(watch)) {
      first.await("CREATED changed", "CREATED gone", "CREATED same");
    }
    Files.writeString(changed, "22");
    Files.delete(gone);
    Files.writeString(directory.resolve("fresh"), "1");
    try (var second = process(watch)) {
      second.await("MODIFIED changed", "DELETED gone", "CREATED fresh");
      assertThat(second.told()).hasSize(3);
    }
    try (var third = process(watch)) {
      Files.writeString(directory.resolve("end"), "1");
      third.await("CREATED end");
      assertThat(third.told()).hasSize(1);
    }
  }

  @Test
  void nextProcess_otherSelection_forgetsWhatIsNotMeantNow() throws Exception {
    Files.writeString(directory.resolve("a.txt"), "1");
    Files.writeString(directory.resolve("b.csv"), "1");
    try (var first = process(FileWatch.of(directory).reportingExisting())) {
      first.await("CREATED a.txt", "CREATED b.csv");
    }
    Files.delete(directory.resolve("a.txt"));
    try (var second = process(FileWatch.of(directory).matching("*.csv"))) {
      Files.writeString(directory.resolve("end.csv"), "1");
      second.await("CREATED end.csv");
      assertThat(second.told()).hasSize(1);
    }
  }

  @Test
  void positionIsLost_allThatWasToldIsToldAgain() throws Exception {
    Files.writeString(directory.resolve("before"), "1");
    try (var first = process(FileWatch.of(directory))) {
      Files.writeString(directory.resolve("a"), "1");
      first.await("CREATED a");
    }
    positions = Positions.inMemory();
    try (var second = process(FileWatch.of(directory))) {
      second.await("CREATED a");
    }
  }

  @Test
  void unsettled_isToldAgainHoweverItIsThen() throws Exception {
    Told told =
        (sequence, isThere) -> new FileMemory.Told(STATE, sequence, isThere, isThere, false);
    var selection = FileSelection.all(directory);
    try (var log = FileMemoryLog.open(memory)) {
      log.rewrite(
          Map.of(
              "settled", told.of(5, true),
              "under way", told.of(6, true),
              "deleted, settled", told.of(4, false),
              "deleted, under way", told.of(7, false)));
    }
    for (long position = 5; position <= 8; position += 3) { // what was marked stays so
      try (var log = FileMemoryLog.open(memory)) {
        var files = new FileMemory(log);
        files.begin(position, selection);
        assertThat(files.isNews("settled", STATE)).isFalse();
        assertThat(files.isNews("under way", STATE)).isTrue();
        assertThat(files.isNews("under way", null)).isTrue();
        assertThat(files.told("deleted, settled")).isNull();
        assertThat(files.isNews("deleted, under way", null)).isTrue();
      }
    }
    try (var log = FileMemoryLog.open(memory)) {
      var files = new FileMemory(log);
      files.begin(8, selection);
      long sequence = files.tell("under way", STATE, FileChange.Kind.CREATED, false, 8);
      assertThat(sequence).as("above all that were").isEqualTo(9);
      files.begin(sequence, selection);
      assertThat(files.isNews("under way", STATE)).isFalse();
    }
  }

  private interface Told {
    FileMemory.Told of(long sequence, boolean isThere);
  }

  @Test
  void tell_manyFilesThatComeAndGo_logAndMemoryStaySmall() throws Exception {
    try (var log = FileMemoryLog.open(memory)) {
      var files = new FileMemory(log);
      files.begin(0, FileSelection.all(directory));
      files.begun();
      long position = 0;
      for (int i = 0; i < 5_000; i++) {
        files.tell("f" + i, STATE, FileChange.Kind.CREATED, false, position);
        position = files.tell("f" + i, STATE, FileChange.Kind.DELETED, false, position);
        files.forget(position);
      }
      assertThat(files.size()).isZero();
      assertThat(log.records()).isLessThan(1_100);
      assertThat(Files.size(memory)).isLessThan(100_000);
    }
  }

  @Test
  void tell_oneFileThatComesAndGoesBehindAStuckItem_isKnownOnce() throws Exception {
    var files = new FileMemory();
    files.begin(0, FileSelection.all(directory));
    files.begun();
    for (int i = 0; i < 1_000; i++) {
      files.tell("f", STATE, FileChange.Kind.CREATED, false, 0);
      files.tell("f", STATE, FileChange.Kind.DELETED, false, 0);
    }
    assertThat(files.gone()).isEqualTo(1);
    files.forget(1_999);
    assertThat(files.size()).as("its last telling is under way").isEqualTo(1);
    files.forget(2_000);
    assertThat(files.size()).isZero();
    assertThat(files.gone()).isZero();
  }

  private Map<String, FileMemory.Told> written() throws IOException {
    Map<String, FileMemory.Told> all = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      all.put("dir/ä" + i, new FileMemory.Told(STATE, i, i % 2 == 0, i % 3 == 0, i % 5 == 0));
    }
    try (var log = FileMemoryLog.open(memory)) {
      log.rewrite(all);
      log.append("last", all.get("dir/ä3"));
    }
    return all;
  }

  private Map<String, FileMemory.Told> read() throws IOException {
    Map<String, FileMemory.Told> all = new TreeMap<>();
    try (var log = FileMemoryLog.open(memory)) {
      log.read(all::put);
    }
    return all;
  }

  @Test
  void log_whatIsWritten_isReadBack() throws Exception {
    Map<String, FileMemory.Told> written = written();
    written.put("last", written.get("dir/ä3"));
    assertThat(read()).isEqualTo(written);
  }

  @Test
  void log_lastRecordCutAnywhere_hasAllBefore() throws Exception {
    Set<String> wanted = new TreeSet<>(written().keySet());
    long whole = Files.size(memory);
    for (int cut = 1; cut <= 8 + 33 + "last".length() - 1; cut++) {
      byte[] bytes = Files.readAllBytes(memory);
      Files.write(memory, java.util.Arrays.copyOf(bytes, (int) whole - cut));
      assertThat(read().keySet()).as("cut by " + cut).isEqualTo(wanted);
      written();
    }
    Files.write(memory, new byte[5_000], StandardOpenOption.APPEND); // room that was not written
    assertThat(read()).hasSize(wanted.size() + 1);
    assertThat(Files.size(memory)).isEqualTo(whole);
  }

  @Test
  void log_damagedByteAnywhereBeforeTheLast_failsAndSaysWhere() throws Exception {
    written();
    byte[] bytes = Files.readAllBytes(memory);
    int last = bytes.length - 8 - 33 - "last".length();
    for (int at = 0; at < last; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(memory, damaged);
      try {
        Map<String, FileMemory.Told> all = read();
        // a length may point beyond the end, as that of a record cut off does
        assertThat(all.size()).as("byte " + at).isLessThan(11);
      } catch (FileSystemException e) {
        assertThat(e).hasMessageContaining("damaged: offset=");
      }
    }
  }

  @Test
  void damaged_memory_failsTheSourceAndSaysSo() throws Exception {
    Files.createDirectories(memory.getParent());
    Files.writeString(memory, "something else");
    var watch = FileWatch.of(directory).remembering(memory);
    try (var changes = new Changes(directory, watch, s -> s.withPositions(positions))) {
      changes.source.start();
      Patience.until("it fails", () -> changes.source.failure().isPresent());
      assertThat(changes.source.failure().orElseThrow())
          .hasMessageContaining("what a watch remembers is damaged: offset=0, its header");
    }
  }

  @Test
  void open_inUse_isRefused() throws Exception {
    try (var log = FileMemoryLog.open(memory)) {
      assertThat(log.isNew()).isTrue();
      assertThatThrownBy(() -> FileMemoryLog.open(memory))
          .hasMessageContaining("another source remembers in this file");
      Path lock = memory.resolveSibling("memory.lock");
      assertThat(LockProbe.isLocked(lock)).as("by another process").isTrue();
    }
    FileMemoryLog.open(memory).close();
  }

  @Test
  void memory_inTheDirectory_isNotTold() throws Exception {
    memory = directory.resolve("memory");
    try (var changes = process(FileWatch.of(directory))) {
      Files.writeString(directory.resolve("a"), "1");
      changes.await("CREATED a");
      Files.writeString(directory.resolve("b"), "1");
      changes.await("CREATED b");
      assertThat(changes.told()).hasSize(2);
    }
  }
}
