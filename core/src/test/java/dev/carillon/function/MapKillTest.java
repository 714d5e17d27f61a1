package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.store.Stores;
import java.io.DataInputStream;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it writes to a map's file loses nothing that was acknowledged. */
class MapKillTest {
  @TempDir private Path directory;

  @Test
  @Covers("S4")
  void kill_fourTimes_losesNothingAcknowledged() throws Exception {
    kill(4);
  }

  @Test
  @Tag("long")
  void kill_fortyTimes_losesNothingAcknowledged() throws Exception {
    kill(40);
  }

  private void kill(int times) throws Exception {
    var random = new SplittableRandom(times);
    long last = 0;
    for (int i = 0; i < times; i++) {
      long acknowledged = killed(i % 2 == 0, last + 1, random.nextInt(50, 600));
      assertThat(acknowledged).isGreaterThan(last);
      last = recovered(acknowledged);
    }
  }

  /** {@return the last number that a process printed before it was killed} */
  private long killed(boolean isForced, long from, int prints) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    MapKillProgram.class,
                    directory.resolve("map").toString(),
                    Boolean.toString(isForced),
                    Long.toString(from)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long last = 0;
    try (var in = new DataInputStream(process.getInputStream())) {
      for (int i = 0; i < prints; i++) {
        last = in.readLong();
      }
      process.toHandle().destroyForcibly(); // which leaves the pipe open
      while (true) { // what was in the pipe had been acknowledged as well
        last = in.readLong();
      }
    } catch (EOFException e) {
      assertThat(process.waitFor(Patience.LONG)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return last;
  }

  /** {@return the last number that is there, after it was checked that none is missing} */
  private long recovered(long acknowledged) {
    try (var _ = new CapturedLog("dev.carillon.function"); // a torn end may be told
        var map =
            SharedMaps.inFile(
                directory.resolve("map"), String.class, String.class, Stores.basicCodec())) {
      long last = map.revision();
      assertThat(last).isBetween(acknowledged, acknowledged + 1);
      for (long number = Math.max(1, last - MapKillProgram.KEYS + 1); number <= last; number++) {
        Versioned<String> entry = map.get("k" + number % MapKillProgram.KEYS).orElseThrow();
        assertThat(entry.value()).isEqualTo(MapKillProgram.value(number));
        assertThat(entry.revision()).isEqualTo(number);
      }
      return last;
    }
  }
}
