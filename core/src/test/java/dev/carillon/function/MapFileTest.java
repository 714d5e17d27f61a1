package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.LockProbe;
import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapStoreException;
import dev.carillon.store.Stores;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A shared map's file: opened again, torn, damaged, written anew. */
class MapFileTest {
  @TempDir private Path directory;

  private SharedMap<String, String> open(Path file, UnaryOperator<SharedMapConfig> configure) {
    return SharedMaps.inFile(file, String.class, String.class, Stores.basicCodec(), configure);
  }

  private SharedMap<String, String> open(Path file) {
    return open(file, c -> c);
  }

  /** {@return the states after 0, 1, 2 … changes of a file, which is open still or was closed} */
  private List<Map<String, Versioned<String>>> write(SharedMap<String, String> map, int changes) {
    var random = new SplittableRandom(changes);
    var states = new ArrayList<Map<String, Versioned<String>>>();
    states.add(map.entries());
    while (states.size() <= changes) {
      String key = "k" + random.nextInt(4);
      if (random.nextInt(4) > 0) {
        map.put(key, "v".repeat(random.nextInt(30)) + states.size());
        states.add(map.entries());
      } else if (map.delete(key)) {
        states.add(map.entries());
      }
    }
    return states;
  }

  @Test
  @Covers("S4")
  void open_again_hasAllWithItsRevisions() {
    Path file = directory.resolve("some/where/map");
    List<Map<String, Versioned<String>>> states;
    try (var map = open(file)) {
      states = write(map, 100);
      assertThat(map.name()).isEqualTo("map");
    }
    for (int i = 0; i < 3; i++) {
      try (var map = open(file)) {
        assertThat(map.entries()).isEqualTo(states.getLast());
        assertThat(map.revision()).isEqualTo(100);
      }
    }
    try (var map = open(file)) {
      assertThat(map.put("k", "v")).isEqualTo(101);
    }
  }

  @Test
  @Covers("S4")
  void open_cutOffAtAnyByte_hasWhatIsWhole() throws Exception {
    Path file = directory.resolve("map");
    List<Map<String, Versioned<String>>> states;
    var ends = new ArrayList<Long>(); // of the file, after each change
    byte[] bytes;
    try (var map = open(file, c -> c.forced(false))) {
      ends.add(Files.size(file));
      states = write(map, 20);
      bytes = Files.readAllBytes(file); // as a killed process leaves it
    }
    for (int at = Math.toIntExact(ends.getFirst()); at < bytes.length; ) {
      at += MapJournalDescriptor.PREFIX + Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt(at));
      ends.add((long) at);
    }
    assertThat(ends).hasSize(states.size()).last().isEqualTo((long) bytes.length);
    for (int length = 0; length <= bytes.length; length++) {
      byte[] torn = Arrays.copyOf(bytes, length);
      if (length < ends.getFirst()) {
        assertThatThrownBy(() -> scan(torn))
            .isInstanceOf(MapStoreException.class)
            .hasMessageContaining("offset=0: its header is none of a shared map");
      } else {
        int whole = whole(ends, length);
        assertThat(scan(torn)).isEqualTo(states.get(whole));
      }
    }
    for (int i = 1; i < states.size(); i++) {
      for (int cut : new int[] {0, 1, 30}) {
        int length = Math.toIntExact(ends.get(i)) - cut;
        openTorn(Arrays.copyOf(bytes, length), states.get(whole(ends, length)), i);
      }
    }
  }

  private static int whole(List<Long> ends, int length) {
    int whole = 0;
    while (whole + 1 < ends.size() && ends.get(whole + 1) <= length) {
      whole++;
    }
    return whole;
  }

  private void openTorn(byte[] bytes, Map<String, Versioned<String>> state, int number)
      throws IOException {
    Path torn = Files.write(directory.resolve("torn-" + number), bytes);
    try (var _ = new CapturedLog("dev.carillon.function")) {
      long revision;
      try (var map = open(torn, c -> c.forced(false))) {
        assertThat(map.entries()).isEqualTo(state);
        revision = map.put("next", "v");
      }
      try (var map = open(torn, c -> c.forced(false))) {
        assertThat(map.get("next")).map(Versioned::revision).contains(revision);
        assertThat(map.entries()).hasSize(state.size() + 1);
      }
    }
  }

  /** {@return what is in a file with that content} */
  private static Map<String, Versioned<String>> scan(byte[] bytes) {
    var coding = new Coding<>(String.class, Stores.basicCodec());
    var found = new HashMap<String, Versioned<String>>();
    for (MapJournal.Entry each : new MapRecovery(Path.of("file"), bytes).scan().entries()) {
      MapRecord entry = each.record();
      found.put(
          coding.read(entry.key()),
          new Versioned<>(coding.read(entry.value()), entry.revision(), entry.time()));
    }
    return found;
  }

  @Test
  void open_anyBitFlippedOfAClosedFile_hasAllOrIsRefused() throws Exception {
    Path file = directory.resolve("map");
    List<Map<String, Versioned<String>>> states;
    try (var map = open(file)) {
      states = write(map, 8);
    }
    flipEach(Files.readAllBytes(file), List.of(states.getLast()));
  }

  @Test
  void open_anyBitFlippedOfAFileInUse_hasAllButTheLastAtMost() throws Exception {
    Path file = directory.resolve("map");
    List<Map<String, Versioned<String>>> states;
    byte[] bytes;
    try (var map = open(file)) {
      states = write(map, 8);
      bytes = Files.readAllBytes(file);
    }
    flipEach(bytes, List.of(states.getLast(), states.get(states.size() - 2)));
  }

  private void flipEach(byte[] bytes, List<Map<String, Versioned<String>>> allowed)
      throws IOException {
    int refused = 0;
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      try {
        assertThat(allowed).as("bit %d", bit).contains(scan(bytes));
      } catch (MapStoreException e) {
        assertThat(e).hasMessageContaining("is damaged, and nothing of it was changed");
        refused++;
      }
      bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    }
    assertThat(refused).isGreaterThan(bytes.length * Byte.SIZE / 2);
    bytes[100] ^= 1;
    Path flipped = Files.write(directory.resolve("flipped"), bytes);
    assertThatThrownBy(() -> open(flipped))
        .isInstanceOf(MapStoreException.class)
        .hasMessageContaining("a record that was on the disk is not as it was written");
    assertThat(flipped).hasBinaryContent(bytes);
  }

  @Test
  void open_twice_isRefused_andOtherProcessesStillAre() throws Exception {
    Path file = directory.resolve("map");
    Path lock = directory.resolve("map.lock");
    try (var map = open(file)) {
      assertThatThrownBy(() -> open(file))
          .isInstanceOf(MapStoreException.class)
          .hasMessage("a file is one open map's only, and another has it: file=" + file);
      assertThat(LockProbe.isLocked(lock)).isTrue();
      map.put("a", "1");
    }
    assertThat(LockProbe.isLocked(lock)).isFalse();
    open(file).close();
  }

  @Test
  void open_throughALink_isTheSameFile() throws Exception {
    Path file = directory.resolve("real/map");
    open(file).close();
    Path fileLink;
    Path directoryLink;
    try {
      fileLink = Files.createSymbolicLink(directory.resolve("link"), file);
      directoryLink = Files.createSymbolicLink(directory.resolve("dir"), file.getParent());
    } catch (UnsupportedOperationException | FileSystemException e) {
      throw new TestAbortedException("no links can be made here", e);
    }
    try (var map = open(fileLink)) {
      map.put("a", "1");
      for (Path other : List.of(file, directoryLink.resolve("map"))) {
        assertThatThrownBy(() -> open(other))
            .isInstanceOf(MapStoreException.class)
            .hasMessageContaining("another has it");
      }
    }
    try (var _ = open(directoryLink.resolve("new"))) {
      assertThatThrownBy(() -> open(directory.resolve("real/new")))
          .hasMessageContaining("another has it");
    }
    assertThat(fileLink).isSymbolicLink();
  }

  @Test
  void file_writtenAnew_keepsItsRights() throws Exception {
    Path file = directory.resolve("map");
    try (var map = open(file, c -> c.forced(false))) {
      Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-r-----");
      Files.setPosixFilePermissions(file, rights);
      String value = "v".repeat(1_000);
      for (int i = 0; i < 300; i++) {
        map.put("k", value + i);
      }
      assertThat(Files.size(file)).as("it was written anew").isLessThan(120_000);
      assertThat(Files.getPosixFilePermissions(file)).isEqualTo(rights);
    }
  }

  @Test
  void open_noMap_isRefused_andLeftAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("map"), "this is a text, and no map at all");
    assertThatThrownBy(() -> open(file)).isInstanceOf(MapStoreException.class);
    assertThat(file).hasContent("this is a text, and no map at all");
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(MapStoreException.class)
        .hasMessage("the file of a shared map cannot be opened: file=" + directory);
  }

  @Test
  void open_withLessRoomThanItNeeds_isRefused() {
    Path file = directory.resolve("map");
    try (var map = open(file)) {
      map.put("a", "1");
      map.put("b", "2");
    }
    assertThatThrownBy(() -> open(file, c -> c.withMaxEntries(1)))
        .isInstanceOf(MapStoreException.class)
        .hasMessageContaining("must fit the settings it is opened with: map=\"map\", maxEntries=1");
    try (var map = open(file)) {
      assertThat(map.entries()).hasSize(2);
    }
  }

  @Test
  @Covers("S4")
  void ttl_goesOnWhileTheMapIsClosed() {
    Path file = directory.resolve("map");
    var clock = new ManualClock();
    try (var map = open(file, c -> c.withClock(clock))) {
      map.put("short", "1", Duration.ofMinutes(1));
      map.put("long", "2", Duration.ofMinutes(3));
      map.put("ever", "3");
    }
    clock.advance(Duration.ofMinutes(2));
    try (var map = open(file, c -> c.withClock(clock))) {
      assertThat(map.entries()).containsOnlyKeys("long", "ever");
      assertThat(map.revision()).isEqualTo(4); // that it expired is a change
      clock.advance(Duration.ofMinutes(1).plusMillis(2));
      assertThat(map.entries()).containsOnlyKeys("ever");
    }
    try (var map = open(file, c -> c.withClock(clock).withMaxEntries(1))) {
      assertThat(map.entries()).containsOnlyKeys("ever");
      assertThat(map.revision()).isEqualTo(5);
    }
  }

  @Test
  @Covers("S4")
  void file_growsNoFurtherThanWhatIsThereNeeds() throws Exception {
    Path file = directory.resolve("map");
    String value = "v".repeat(1_000);
    var expected = new HashMap<String, Versioned<String>>();
    try (var map = open(file, c -> c.forced(false))) {
      for (int i = 0; i < 2_000; i++) {
        map.put("k" + i % 10, value + i);
        assertThat(Files.size(file)).isLessThan(120_000);
      }
      for (int i = 0; i < 9; i++) {
        map.delete("k" + i);
      }
      expected.putAll(map.entries());
    }
    assertThat(expected).containsOnlyKeys("k9");
    try (var map = open(file)) {
      assertThat(map.entries()).isEqualTo(expected);
      assertThat(map.revision()).isEqualTo(2_009);
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("map", "map.lock");
    }
  }

  @Test
  void put_byManyThreads_forcedAndWrittenAnew_losesNothing() throws Exception {
    Path file = directory.resolve("map");
    int threads = 4;
    Map<String, Versioned<String>> entries;
    try (var map = open(file);
        var pool = Executors.newFixedThreadPool(threads)) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < threads; i++) {
        String key = "k" + i;
        running.add(
            pool.submit(() -> {
              for (int j = 0; j < 100; j++) {
                map.put(key, "v".repeat(1_000) + j);
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      entries = map.entries();
    }
    assertThat(entries).hasSize(threads);
    entries.values().forEach(each -> assertThat(each.value()).endsWith("v99"));
    try (var map = open(file)) {
      assertThat(map.entries()).isEqualTo(entries);
      assertThat(map.revision()).isEqualTo(threads * 100);
    }
  }

  @Test
  void put_byAnInterruptedThread_isWritten() {
    Path file = directory.resolve("map");
    try (var map = open(file)) {
      Thread.currentThread().interrupt();
      map.put("a", "1");
      assertThat(Thread.interrupted()).isTrue();
      map.put("b", "2");
    }
    try (var map = open(file)) {
      assertThat(map.entries()).containsOnlyKeys("a", "b");
    }
  }

  @Test
  void value_thatIsAMapsFile_isNotTakenForRecords() throws Exception {
    Path inner = directory.resolve("inner");
    try (var map = open(inner)) {
      write(map, 20);
    }
    Path outer = directory.resolve("outer");
    byte[] bytes;
    try (var map =
        SharedMaps.inFile(outer, String.class, byte[].class, Stores.basicCodec(), c -> c)) {
      map.put("a", Files.readAllBytes(inner));
      bytes = Files.readAllBytes(outer);
    }
    bytes[40]++; // in the only record, which is not known to be on the disk
    Files.write(outer, bytes);
    try (var _ = new CapturedLog("dev.carillon.function");
        var map = open(outer)) {
      assertThat(map.entries()).isEmpty();
    }
  }
}
