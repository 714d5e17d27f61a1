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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it spills: the next handles all that was spilled and not handled. */
@Covers("R11")
class SpillKillTest {
  @TempDir private Path directory;

  private final Set<Long> spilled = new HashSet<>();
  private final Set<Long> handled = ConcurrentHashMap.newKeySet();

  @Test
  void kill_threeTimes_whatWasSpilledIsHandled() throws Exception {
    kill(3);
  }

  @Test
  @Tag("long")
  void kill_thirtyTimes_whatWasSpilledIsHandled() throws Exception {
    kill(30);
  }

  private void kill(int times) throws Exception {
    var random = new SplittableRandom(times);
    for (int run = 1; run <= times; run++) {
      killed(run, random.nextInt(500, 5_000));
    }
    assertThat(spilled).isNotEmpty();
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 13));
        Bus bus = SpillKillProgram.open(store)) {
      Subscription subscription = SpillKillProgram.subscribe(bus, handled::add);
      Patience.until("nothing waits", () -> subscription.stats().queued() == 0);
    }
    assertThat(handled).containsAll(spilled);
  }

  /** Notes what a process printed before it was killed. */
  private void killed(int run, int prints) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    SpillKillProgram.class, directory.toString(), Integer.toString(run)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<Long, Long> last = new HashMap<>(); // of each publisher, in this process
    try (var in = new DataInputStream(process.getInputStream())) {
      for (int i = 0; i < prints; i++) {
        note(in, last);
      }
      process.toHandle().destroyForcibly(); // which leaves the pipe open
      while (true) { // what was in the pipe had happened as well
        note(in, last);
      }
    } catch (EOFException e) {
      assertThat(process.waitFor(Patience.LONG)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private void note(DataInputStream in, Map<Long, Long> last) throws Exception {
    boolean isSpilled = in.readByte() == SpillKillProgram.SPILLED;
    long payload = in.readLong();
    if (isSpilled) {
      spilled.add(payload);
      return;
    }
    handled.add(payload);
    Long before = last.put(payload >> 40, payload);
    assertThat(before == null || before < payload).as("each publisher's in order").isTrue();
  }
}
