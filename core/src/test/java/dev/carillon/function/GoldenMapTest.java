package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.store.Stores;
import dev.carillon.time.ManualClock;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A map's file as version 1 of the format wrote it stays readable, and is still written so. */
class GoldenMapTest {
  private static final String RESOURCE = "version-1.map";
  private static final Instant START = Instant.ofEpochSecond(1_795_262_400L, 123_456_789);

  @TempDir private Path directory;

  private SharedMap<String, Long> open(Path file, ManualClock clock) {
    return SharedMaps.inFile(
        file, String.class, Long.class, Stores.basicCodec(), c -> c.withClock(clock));
  }

  private static byte[] golden() throws Exception {
    try (InputStream in = GoldenMapTest.class.getResourceAsStream(RESOURCE)) {
      return in.readAllBytes();
    }
  }

  @Test
  void read_goldenFile_isWhatWasWritten() throws Exception {
    Path file = Files.write(directory.resolve("map"), golden());
    try (var map = open(file, new ManualClock(0, START.plusSeconds(1)))) {
      assertThat(map.revision()).isEqualTo(5);
      assertThat(map.entries())
          .isEqualTo(
              Map.of(
                  "über", new Versioned<>(-2L, 2, START),
                  "a", new Versioned<>(3L, 3, START)));
    }
    try (var map = open(file, new ManualClock(0, START.plusSeconds(60)))) {
      assertThat(map.entries()).containsOnlyKeys("über");
    }
  }

  @Test
  void write_sameChanges_makesTheSameFile() throws Exception {
    Path file = directory.resolve("map");
    var clock = new ManualClock(0, START);
    try (var map = open(file, clock)) {
      map.put("a", 1L);
      map.put("über", -2L);
      map.put("a", 3L, Duration.ofSeconds(30));
      map.put("gone", 4L);
      map.delete("gone");
    }
    byte[] written = Files.readAllBytes(file);
    Path made = Path.of("target", RESOURCE); // to be looked at, and taken when a version is added
    Files.createDirectories(made.toAbsolutePath().getParent());
    Files.write(made, written);
    assertThat(written).isEqualTo(golden());
  }
}
