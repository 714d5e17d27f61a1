package dev.carillon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Segments and indexes that are wrong, each reduced to the fields that matter, to show that the
 * faults which {@link SegmentStress} and {@link SparseIndexStress} forbid are really seen when they
 * are there. What would be forbidden is marked as interesting, so it does not fail the run.
 */
public final class StoreBrokenStress {
  private StoreBrokenStress() {}

  @JCStressTest
  @Description("A segment that moves its end and then copies the record: WriteRead forbids it.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nothing before the end.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The record is there.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "Before the end, and not there.")
  @Outcome(expect = FORBIDDEN, desc = "The bytes are only read before the end.")
  @State
  public static class EndBeforeRecord {
    private final byte[] bytes = new byte[1];
    private volatile int end;

    @Actor
    public void write() {
      end = 1;
      bytes[0] = 1;
    }

    @Actor
    public void read(II_Result r) {
      r.r1 = end;
      r.r2 = r.r1 == 1 ? bytes[0] : 0;
    }
  }

  @JCStressTest
  @Description(
      "A segment that adds to its index after it moved the end: WriteFindRead forbids the lost"
          + " entry.")
  @Outcome(id = "0, 0|0, 1|1, 1", expect = ACCEPTABLE, desc = "What is before the end is indexed.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "Before the end, and not indexed.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this segment does that.")
  @State
  public static class EndBeforeIndex {
    private volatile int end;
    private volatile int count;

    @Actor
    public void write() {
      end = 1;
      count = 1;
    }

    @Actor
    public void read(II_Result r) {
      r.r1 = end;
      r.r2 = count;
    }
  }

  @JCStressTest
  @Description("An index that counts an entry before it is there: AddFind forbids it.")
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "None yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry.")
  @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "Counted, and empty.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this index does that.")
  @State
  public static class CountBeforeEntry {
    private final long[] sequences = new long[1];
    private volatile int count;

    @Actor
    public void add() {
      count = 1;
      sequences[0] = 1;
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = count == 0 ? 0 : sequences[0] == 1 ? 1 : -1;
    }
  }

  @JCStressTest
  @Description(
      "An index whose reader takes the entries and then their count: GrowFind forbids what it"
          + " finds.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry that was there before.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "The new one, in the larger entries.")
  @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "The count is of more than it has.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this index does that.")
  @State
  public static class EntriesBeforeCount {
    private volatile long[] sequences = {1};
    private volatile int count = 1;

    @Actor
    public void grow() {
      sequences = new long[] {1, 2};
      count = 2;
    }

    @Actor
    public void find(I_Result r) {
      long[] all = sequences;
      int known = count;
      r.r1 = known > all.length ? -1 : (int) all[known - 1];
    }
  }
}
