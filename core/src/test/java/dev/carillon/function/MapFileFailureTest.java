package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapStoreException;
import dev.carillon.store.Stores;
import dev.carillon.time.Clock;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a shared map's file when something fails on the way there. */
class MapFileFailureTest {
  private static final String LARGE = "v".repeat(1_000);

  @TempDir private Path directory;

  private final FailingClock clock = new FailingClock();

  /** A manual clock that fails where it is told to. */
  private static final class FailingClock implements Clock {
    final ManualClock time = new ManualClock();
    boolean hasNoAlarms;
    boolean cannotTellNow;

    @Override
    public long nanos() {
      return time.nanos();
    }

    @Override
    public Instant now() {
      if (cannotTellNow) {
        throw new IllegalStateException("what time is it");
      }
      return time.now();
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
      if (hasNoAlarms) {
        throw new IllegalStateException("no thread for " + name);
      }
      return time.alarm(name, ring);
    }
  }

  private SharedMap<String, String> open(Path file, UnaryOperator<SharedMapConfig> configure) {
    return SharedMaps.inFile(
        file,
        String.class,
        String.class,
        Stores.basicCodec(),
        c -> configure.apply(c.withClock(clock)));
  }

  private SharedMap<String, String> open(Path file) {
    return open(file, c -> c.forced(false));
  }

  @Test
  void open_withAnExpiredEntryBeforeManyOthers_keepsTheOthers() {
    Path file = directory.resolve("map");
    try (var map = open(file)) {
      map.put("short", "1", Duration.ofMinutes(1));
      for (int i = 0; i < 100; i++) {
        map.put("k" + i, LARGE);
      }
    }
    clock.time.advance(Duration.ofMinutes(2));
    for (int i = 0; i < 2; i++) {
      try (var map = open(file)) {
        assertThat(map.entries()).hasSize(100).doesNotContainKey("short");
        assertThat(map.revision()).isEqualTo(102);
      }
    }
  }

  @Test
  void open_withManyExpiredEntries_hasRoomForTheOthers() {
    Path file = directory.resolve("map");
    try (var map = open(file)) {
      map.put("ever", "1");
      for (int i = 0; i < 100; i++) {
        map.put("k" + i, LARGE, Duration.ofMinutes(1));
      }
    }
    clock.time.advance(Duration.ofMinutes(2));
    for (int i = 0; i < 2; i++) {
      try (var map = open(file, c -> c.forced(false).withMaxEntries(1))) {
        assertThat(map.entries()).containsOnlyKeys("ever");
        assertThat(map.revision()).isEqualTo(201);
      }
    }
  }

  @Test
  void put_whoseTimerCannotStart_changesNothing_andTheFileOpens() {
    Path file = directory.resolve("map");
    try (var map = open(file)) {
      clock.hasNoAlarms = true;
      assertThatIllegalStateException().isThrownBy(() -> map.put("a", "1", Duration.ofMinutes(1)));
      assertThat(map.put("b", "2")).isEqualTo(1);
    }
    try (var map = open(file)) {
      assertThat(map.entries()).containsOnlyKeys("b");
    }
  }

  @Test
  void expiry_thatFails_isTriedAgain() {
    Path file = directory.resolve("map");
    try (var log = new CapturedLog("dev.carillon.function");
        var map = open(file)) {
      map.put("a", "1", Duration.ofMinutes(1));
      clock.cannotTellNow = true;
      clock.time.advance(Duration.ofMinutes(2));
      assertThat(map.get("a")).isEmpty();
      assertThat(map.revision()).isEqualTo(1);
      assertThat(log.messages()).hasSize(1);
      clock.cannotTellNow = false;
      clock.time.advance(Duration.ofSeconds(2));
      assertThat(map.revision()).isEqualTo(2);
    }
  }

  @Test
  void compact_whenTheNewFileCannotBeMoved_leavesNothingBehind_andGoesOn() throws Exception {
    Path file = directory.resolve("map");
    try (var log = new CapturedLog("dev.carillon.function");
        var map = open(file)) {
      Files.delete(file);
      Files.createDirectories(file.resolve("in the way"));
      for (int i = 0; i < 100; i++) {
        map.put("a", LARGE + i);
      }
      assertThat(log.messages())
          .isNotEmpty()
          .allMatch(each -> each.contains("cannot be written anew, and grows"));
      assertThat(map.get("a")).map(Versioned::value).contains(LARGE + 99);
      assertThat(directory.resolve("map.new")).doesNotExist();
    }
  }

  @Test
  void append_beyondWhatCanBeRead_isRefused_untilTheFileIsWrittenAnew() throws Exception {
    Path file = directory.resolve("map");
    int largest = 1_000;
    long revision = 0;
    MapJournal journal = MapJournal.open(file, largest).journal();
    while (!journal.isFull(record(revision + 1))) {
      revision++;
      journal.append(record(revision), 0);
    }
    MapRecord more = record(revision + 1);
    assertThatThrownBy(() -> journal.append(more, 0))
        .isInstanceOf(MapStoreException.class)
        .hasMessageContaining("has at most 1000 bytes, and cannot be written anew now: file=");
    journal.compact(revision, List.of(new MapJournal.Entry(record(revision), 0)));
    journal.append(more, 0);
    journal.close();
    assertThat(revisionOf(file, largest)).isEqualTo(more.revision());
  }

  @Test
  void close_ofAFullFile_leavesOneThatOpens() throws Exception {
    Path file = directory.resolve("map");
    int largest = 1_000;
    MapRecord last = record(0);
    MapJournal journal = MapJournal.open(file, largest).journal();
    while (!journal.isFull(record(last.revision() + 1))) {
      last = record(last.revision() + 1);
      journal.append(last, 0);
    }
    journal.close(
        new MapRecord(
            MapRecord.Kind.DELETED, new byte[0], new byte[0], last.revision(), Instant.EPOCH));
    assertThat(revisionOf(file, largest)).isEqualTo(last.revision());
  }

  private static long revisionOf(Path file, int largest) throws IOException {
    MapJournal.Opened opened = MapJournal.open(file, largest);
    opened.journal().close();
    return opened.found().revision();
  }

  private static MapRecord record(long revision) {
    return new MapRecord(MapRecord.Kind.PUT, new byte[1], new byte[10], revision, Instant.EPOCH);
  }
}
