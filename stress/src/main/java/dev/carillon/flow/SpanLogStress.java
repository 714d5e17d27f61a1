package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Somebody reads the attempts that were noted while more are noted over them. */
public final class SpanLogStress {
  private SpanLogStress() {}

  @JCStressTest
  @Description("The reader is given rows that are whole, and none that is being written over.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "All that it saw may be written over.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "One row is left.")
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Two rows are.")
  @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "Nothing was written meanwhile.")
  @Outcome(expect = FORBIDDEN, desc = "A row is a mixture of two.")
  @State
  public static class ReadWrite {
    private static final int KEPT = 4;

    private final SpanLog log = new SpanLog(KEPT);

    /** Fills it. */
    public ReadWrite() {
      for (int i = 0; i < KEPT; i++) {
        add(i);
      }
    }

    private void add(int number) {
      log.add(number, number, number, 1 + number, true, number, number, "");
    }

    /** Writes over the two oldest. */
    @Actor
    public void writer() {
      add(KEPT);
      add(KEPT + 1);
    }

    /** Counts rows, and those that are wrong. */
    @Actor
    public void reader(II_Result r) {
      log.read(row -> {
        r.r1++;
        int number = row.node();
        r.r2 +=
            row.unit() == number
                    && row.iteration() == number
                    && row.attempt() == number + 1
                    && row.begin() == number
                    && row.end() == number
                ? 0
                : 1;
      });
    }
  }
}
