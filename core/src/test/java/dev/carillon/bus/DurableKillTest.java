package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.DataInputStream;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it publishes has in its history whatever was acknowledged, once. */
@Covers("R12")
class DurableKillTest {
  @TempDir private Path directory;

  @Test
  void kill_fourTimes_historyHasAllThatWasAcknowledgedOnceAndInOrder() throws Exception {
    kill(4);
  }

  @Test
  @Tag("long")
  void kill_fortyTimes_historyHasAllThatWasAcknowledgedOnceAndInOrder() throws Exception {
    kill(40);
  }

  private void kill(int times) throws Exception {
    var random = new SplittableRandom(times);
    Set<Long> acknowledged = new HashSet<>();
    for (int run = 1; run <= times; run++) {
      int before = acknowledged.size();
      acknowledged.addAll(killed(run, random.nextInt(1, 600)));
      assertThat(acknowledged.size()).isGreaterThan(before);
      check(acknowledged);
    }
  }

  /** {@return what a process printed before it was killed} */
  private List<Long> killed(int run, int prints) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    DurableKillProgram.class, directory.toString(), Integer.toString(run)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Long> printed = new ArrayList<>();
    try (var in = new DataInputStream(process.getInputStream())) {
      for (int i = 0; i < prints; i++) {
        printed.add(in.readLong());
      }
      process.toHandle().destroyForcibly(); // which leaves the pipe open
      while (true) { // what was in the pipe had been acknowledged as well
        printed.add(in.readLong());
      }
    } catch (EOFException e) {
      assertThat(process.waitFor(Patience.LONG)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return printed;
  }

  private void check(Set<Long> acknowledged) {
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 18));
        Bus bus = DurableKillProgram.open(store)) {
      Map<Long, Long> last = new HashMap<>(); // of each thread of each run
      Set<Long> kept = new HashSet<>();
      for (Message<?> message : bus.history(q -> q)) {
        long payload = (long) message.payload();
        assertThat(kept.add(payload)).as("once").isTrue();
        long before = last.merge(payload >> 40, 1L, Long::sum);
        assertThat(payload & (1L << 40) - 1).as("one after another").isEqualTo(before);
      }
      assertThat(kept).containsAll(acknowledged);
    }
  }
}
