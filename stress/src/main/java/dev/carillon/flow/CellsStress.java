package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two parts end at once, with one behind both. */
public final class CellsStress {
  private CellsStress() {}

  /** The cells of a cycle with two parts and one that is given what both gave. */
  abstract static class Join {
    private static final CompiledPlan PLAN =
        (CompiledPlan)
            Cycle.<Integer>supply(
                    "join",
                    c ->
                        c.part(
                            "both",
                            Integer::sum,
                            c.part("left", () -> 1),
                            c.part("right", () -> 2)))
                .plan();
    static final int LEFT = PLAN.nodeOf(PLAN.number("left"));
    static final int RIGHT = PLAN.nodeOf(PLAN.number("right"));
    static final int BOTH = PLAN.nodeOf(PLAN.number("both"));

    final Cells cells = new Cells(PLAN.units[0]);

    final boolean ends(int cell, Ending how, Object value) {
      cells.end(cell, how, value, 1);
      if (how != Ending.SUCCESS) {
        cells.spoil(BOTH);
      }
      return cells.arrive(BOTH);
    }

    /** {@return both inputs as the digits of one number} */
    final int inputs() {
      return digit(LEFT) * 10 + digit(RIGHT);
    }

    private int digit(int cell) {
      return cells.input(cell) instanceof Integer value ? value : 0;
    }
  }

  @JCStressTest
  @Description("Both edges arrive: who is last decides, and sees what the other gave.")
  @Outcome(
      id = {"12, 0", "0, 12"},
      expect = ACCEPTABLE,
      desc = "One decides, with both values.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Nobody decides: the run hangs.")
  @Outcome(id = "12, 12", expect = FORBIDDEN, desc = "Both decide: the part runs twice.")
  @Outcome(expect = FORBIDDEN, desc = "A value is missing.")
  @State
  public static class ArriveArrive extends Join {
    @Actor
    public void left(II_Result r) {
      r.r1 = ends(LEFT, Ending.SUCCESS, 1) ? inputs() : 0;
    }

    @Actor
    public void right(II_Result r) {
      r.r2 = ends(RIGHT, Ending.SUCCESS, 2) ? inputs() : 0;
    }
  }

  @JCStressTest
  @Description("One of the edges carries no value: who is last knows of it.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One decides, and knows.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Nobody decides: the run hangs.")
  @Outcome(expect = FORBIDDEN, desc = "Both decide, or the part is run without an input.")
  @State
  public static class SpoilArrive extends Join {
    private static final Ended FAILURE =
        new Ended(Ending.FAILED, null, new IllegalStateException("no value"));

    @Actor
    public void left(II_Result r) {
      r.r1 = ends(LEFT, Ending.FAILED, FAILURE) ? seen() : 0;
    }

    @Actor
    public void right(II_Result r) {
      r.r2 = ends(RIGHT, Ending.SUCCESS, 2) ? seen() : 0;
    }

    private int seen() {
      return cells.isSpoilt(BOTH) && cells.latest(LEFT) == Ending.FAILED ? 1 : 2;
    }
  }

  @JCStressTest
  @Description("Anybody reads an outcome while it is written.")
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "None yet, or the outcome with its value.")
  @Outcome(expect = FORBIDDEN, desc = "An outcome without its value.")
  @State
  public static class EndRead extends Join {
    @Actor
    public void left() {
      cells.end(LEFT, Ending.SUCCESS, 1, 1);
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = cells.ending(LEFT, 1) == Ending.SUCCESS ? 1 : 0;
      r.r2 = cells.value(LEFT) == null ? 0 : 1;
    }
  }
}
