package dev.carillon.flow;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.store.Stores;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Commits iterations of two units until it is killed, and prints those of the first it was told.
 */
final class RunJournalKillProgram {
  static final String RUN = "killed";
  private static final int AHEAD = 4;

  private RunJournalKillProgram() {}

  static RunJournal open(Path directory, String input) {
    RunJournal journal =
        RunJournal.open(
            Journal.in(
                Stores.segments(directory, c -> c.withSegmentBytes(1 << 18)),
                BinaryCodec.of(c -> c)),
            RUN,
            "count",
            "p1",
            input,
            _ -> Long.class);
    journal.begin(
        () -> {},
        failure -> {
          throw new IllegalStateException("a commit failed", failure);
        });
    return journal;
  }

  /** Goes on in the directory named. */
  public static void main(String[] args) throws Exception {
    var out = new DataOutputStream(System.out); // unbuffered: what is written is in the pipe
    RunJournal journal = open(Path.of(args[0]), args[1]);
    var ahead = new Semaphore(AHEAD);
    for (long i = journal.resumedFrom(0) + 1; ; i++) {
      ahead.acquire();
      long iteration = i;
      journal.commit(1, i, RunStatus.OK, Map.of("other", -i), () -> {});
      journal.commit(
          0,
          i,
          RunStatus.OK,
          Map.of("n", i),
          () -> {
            print(out, iteration);
            ahead.release();
          });
    }
  }

  private static void print(DataOutputStream out, long iteration) {
    try {
      out.writeLong(iteration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
