package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.DataInputStream;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it commits goes on behind what it was told, with what the keys held. */
class RunJournalKillTest {
  @TempDir private Path directory;

  @Test
  void kill_fiveTimes_goesOnBehindWhatWasTold() throws Exception {
    kill(5);
  }

  @Test
  @Tag("long")
  void kill_thirtyTimes_goesOnBehindWhatWasTold() throws Exception {
    kill(30);
  }

  private void kill(int times) throws Exception {
    var random = new SplittableRandom(times);
    long last = 0;
    for (int i = 0; i < times; i++) {
      long told = killed("input" + i, random.nextInt(1, 400));
      assertThat(told).isGreaterThan(last);
      last = resumed(told);
    }
  }

  /** {@return the last iteration that a process was told of before it was killed} */
  private long killed(String input, int prints) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(RunJournalKillProgram.class, directory.toString(), input))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long last = 0;
    try (var in = new DataInputStream(process.getInputStream())) {
      for (int i = 0; i < prints; i++) {
        last = in.readLong();
      }
      process.toHandle().destroyForcibly(); // which leaves the pipe open
      while (true) { // what was in the pipe had been told as well
        last = in.readLong();
      }
    } catch (EOFException e) {
      assertThat(process.waitFor(Patience.LONG)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return last;
  }

  /** {@return where the next one goes on, after it was checked that the keys agree} */
  private long resumed(long told) {
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 18));
        RunJournal journal =
            RunJournal.open(
                Journal.in(store, BinaryCodec.of(c -> c)),
                RunJournalKillProgram.RUN,
                "count",
                "p1",
                "another",
                _ -> Long.class)) {
      long from = journal.resumedFrom(0);
      assertThat(from).isGreaterThanOrEqualTo(told);
      assertThat(journal.input()).isEqualTo("input0");
      assertThat(journal.keys())
          .containsEntry("n", from)
          .containsEntry("other", -journal.resumedFrom(1));
      return from;
    }
  }
}
