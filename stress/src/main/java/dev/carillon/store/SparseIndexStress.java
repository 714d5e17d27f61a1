package dev.carillon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Whoever looks for a place finds one that was added, or the beginning. */
public final class SparseIndexStress {
  private SparseIndexStress() {}

  private static final int STEP = 1 << 12; // records that are so far apart have entries
  private static final int FULL = 16; // entries of an index that has to grow for another
  private static final int BEHIND = 99; // all sequences

  /** Adds the record with a sequence, in the second of that number. */
  private static void add(SparseIndex index, int sequence) {
    index.add(sequence, sequence * STEP, sequence);
  }

  /** {@return the sequence of the place found; -1 if the position is another's} */
  private static int found(SparseIndex index, int sequence, long second) {
    var place = index.find(sequence, second, 0, 0);
    return place.position() == place.sequence() * STEP ? (int) place.sequence() : -1;
  }

  @JCStressTest
  @Description("The first record is added while a place is looked for, and again afterwards.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Not there yet: reading begins earlier.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "There.")
  @Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "The entry was counted, and is half empty.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The entry is lost.")
  @Outcome(expect = FORBIDDEN, desc = "The place was never added.")
  @State
  public static class AddFind {
    private final SparseIndex index = new SparseIndex();

    @Actor
    public void add() {
      SparseIndexStress.add(index, 1);
    }

    @Actor
    public void find(II_Result r) {
      r.r1 = found(index, BEHIND, Long.MIN_VALUE);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = found(index, BEHIND, Long.MIN_VALUE);
    }
  }

  @JCStressTest
  @Description("Two records are added to an index that has to grow, while a place is looked for.")
  @Outcome(
      id = {"16", "17", "18"},
      expect = ACCEPTABLE,
      desc = "The last that was there before, or one of the new.")
  @Outcome(
      id = "-1",
      expect = FORBIDDEN,
      desc = "The count is of the larger entries, and they are empty there.")
  @Outcome(
      expect = FORBIDDEN,
      desc = "An entry was lost as they were copied, or the count is of more than there are.")
  @State
  public static class GrowFind {
    private final SparseIndex index = new SparseIndex();

    public GrowFind() {
      for (int i = 1; i <= FULL; i++) {
        SparseIndexStress.add(index, i);
      }
    }

    @Actor
    public void add() {
      SparseIndexStress.add(index, FULL + 1);
      SparseIndexStress.add(index, FULL + 2);
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = found(index, BEHIND, Long.MIN_VALUE);
    }
  }

  @JCStressTest
  @Description("Whoever found a record looks once more.")
  @Outcome(
      id = {"1, 1", "1, 2", "1, 3", "2, 2", "2, 3", "3, 3"},
      expect = ACCEPTABLE,
      desc = "The second look sees as much as the first, or more.")
  @Outcome(expect = FORBIDDEN, desc = "A record was found, and then it was not, or half of it.")
  @State
  public static class AddFindFind {
    private final SparseIndex index = new SparseIndex();

    public AddFindFind() {
      SparseIndexStress.add(index, 1);
    }

    @Actor
    public void add() {
      SparseIndexStress.add(index, 2);
      SparseIndexStress.add(index, 3);
    }

    @Actor
    public void find(II_Result r) {
      r.r1 = found(index, BEHIND, Long.MIN_VALUE);
      r.r2 = found(index, BEHIND, Long.MIN_VALUE);
    }
  }

  @JCStressTest
  @Description("Records are added while those from second 2 on are looked for.")
  @Outcome(
      id = {"1", "2"},
      expect = ACCEPTABLE,
      desc = "Before the record of second 2, or right at it.")
  @Outcome(
      id = "3",
      expect = FORBIDDEN,
      desc = "The entry of the third does not say yet that one of second 2 lies before it.")
  @Outcome(expect = FORBIDDEN, desc = "The place is before all that is known, or half an entry.")
  @State
  public static class AddFindByTime {
    private final SparseIndex index = new SparseIndex();

    public AddFindByTime() {
      SparseIndexStress.add(index, 1);
    }

    @Actor
    public void add() {
      SparseIndexStress.add(index, 2);
      SparseIndexStress.add(index, 3);
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = found(index, 0, 2);
    }
  }
}
