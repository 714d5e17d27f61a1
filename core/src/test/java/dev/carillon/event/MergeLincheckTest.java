package dev.carillon.event;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * A merge of two inputs, against a sequential specification; and the races for its slot, which the
 * last input, whoever completes the merge early, and a compaction of its waiters may have to free.
 *
 * <p>The specification lets nobody look at the inputs, since an input and the merge that it is the
 * last of do not complete in one step.
 */
@Param(name = "outcome", gen = IntGen.class, conf = "0:1")
public class MergeLincheckTest {
  private static final int EXECUTIONS = 120;
  private static final int FEW = 40; // for races that format text, which takes long to trace
  private static final int SLOTS = 4;

  private final EventCore core = Linchecks.core(3 + 3 * 2);
  private final long a = core.create();
  private final long b = core.create();
  private final long merge = core.merge(a, b);
  private volatile int told;

  public MergeLincheckTest() {
    core.listen(merge, poison -> told = told + 1);
  }

  @Operation(runOnce = true)
  public void triggerA() {
    core.trigger(a);
  }

  /** Triggers it, or poisons it: 0 or 1. */
  @Operation(runOnce = true)
  public void completeB(@Param(name = "outcome") int outcome) {
    if (outcome == 0) {
      core.trigger(b);
    } else {
      core.poison(b, "b");
    }
  }

  @Operation
  public boolean tryTrigger() {
    return core.tryTrigger(merge);
  }

  @Operation
  public boolean tryPoison() {
    return core.tryPoison(merge, "early");
  }

  @Operation
  public String look() {
    return core.status(merge).toString();
  }

  /** Makes a merge in the slot that is free next, of an event that is triggered. */
  @Operation
  public String other() {
    long input = core.create();
    long other = core.merge(input);
    core.trigger(input);
    return core.status(other).toString();
  }

  @Validate
  public void theListenerWasToldOnce() {
    int due = core.status(merge).isComplete() ? 1 : 0;
    if (told != due) {
      throw new AssertionError("told=%d due=%d".formatted(told, due));
    }
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    Linchecks.check(MergeLincheckTest.class, Specification.class, 5, 100);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private String status = "PENDING";
    private boolean completeA;
    private boolean completeB;
    private boolean failed;

    private boolean complete(String outcome) {
      if (!status.equals("PENDING")) {
        return false;
      }
      status = outcome;
      return true;
    }

    private void count() {
      if (completeA && completeB) {
        complete(failed ? "POISONED" : "TRIGGERED");
      }
    }

    public void triggerA() {
      completeA = true;
      count();
    }

    public void completeB(int outcome) {
      failed = outcome != 0;
      completeB = true;
      count();
    }

    public boolean tryTrigger() {
      return complete("TRIGGERED");
    }

    public boolean tryPoison() {
      return complete("POISONED");
    }

    public String look() {
      return status;
    }

    public String other() {
      return "TRIGGERED";
    }
  }

  @Test
  void race_twoInputs() {
    Linchecks.race(SlotRace.class, FEW, "triggerA", "poisonB");
  }

  @Test
  void race_lastInput_early() {
    Linchecks.race(SlotRace.class, EXECUTIONS, "inputs", "early");
  }

  @Test
  void race_twoInputs_early() {
    Linchecks.race(SlotRace.class, EXECUTIONS, "triggerA", "triggerB", "early");
  }

  @Test
  void race_lastInput_compaction() {
    Linchecks.race(SlotRace.class, EXECUTIONS, "inputs", "compact");
  }

  @Test
  void race_failedInput_early() {
    Linchecks.race(FailedInputRace.class, EXECUTIONS, "failedInput", "early");
  }

  @Test
  void race_failedInput_compaction() {
    Linchecks.race(FailedInputRace.class, EXECUTIONS, "failedInput", "compact");
  }

  @Test
  void race_lastInput_early_compaction() {
    Linchecks.race(SlotRace.class, EXECUTIONS, "inputs", "early", "compact");
  }

  @Test
  void race_failedInput_early_compaction() {
    Linchecks.race(FailedInputRace.class, EXECUTIONS, "failedInput", "early", "compact");
  }

  @Test
  void race_lastInputOfLastGeneration_early() {
    Linchecks.race(LastGenerationRace.class, EXECUTIONS, "inputs", "early");
  }

  @Test
  void race_creation_inputs() {
    Linchecks.race(CreationRace.class, EXECUTIONS, "create", "inputs");
  }

  @Test
  void race_creation_failedInput() {
    Linchecks.race(CreationRace.class, FEW, "create", "failedInput");
  }

  /** Two inputs, and a merge with two listeners: removing the older one compacts the list. */
  public static class SlotRace {
    private final EventCore core;
    private final long a;
    private final long b;
    private final long merge;
    private final long older;
    private volatile boolean removed;
    private volatile int toldOlder;
    private volatile int toldNewer;

    public SlotRace() {
      this(Linchecks.core(SLOTS), 2);
    }

    SlotRace(EventCore core, int inputs) {
      this.core = core;
      a = core.create();
      b = core.create();
      merge = inputs == 1 ? core.merge(a) : core.merge(a, b);
      older = core.listen(merge, poison -> toldOlder = toldOlder + 1);
      core.listen(merge, poison -> toldNewer = toldNewer + 1);
      Linchecks.fillUpToCompaction(core, merge);
    }

    @Operation
    public void triggerA() {
      core.trigger(a);
    }

    @Operation
    public void triggerB() {
      core.trigger(b);
    }

    @Operation
    public void poisonB() {
      core.poison(b, "b");
    }

    @Operation
    public void inputs() {
      core.trigger(b);
      core.trigger(a);
    }

    @Operation
    public void failedInput() {
      core.poison(a, "a");
    }

    @Operation
    public void early() {
      core.tryTrigger(merge);
    }

    @Operation
    public void compact() {
      removed = core.remove(merge, older);
    }

    @Validate
    public void everythingHappenedOnce() {
      core.tryTrigger(a);
      core.tryTrigger(b);
      check(core.status(merge).isComplete(), "the merge is pending");
      check(toldOlder == (removed ? 0 : 1), "the older listener was told " + toldOlder);
      check(toldNewer == 1, "the newer listener was told " + toldNewer);
      int free = freeSlots(core);
      check(free == slots(), "free slots: " + free);
    }

    int slots() {
      return SLOTS;
    }
  }

  /** The same with one input. */
  public static class FailedInputRace extends SlotRace {
    public FailedInputRace() {
      super(Linchecks.core(SLOTS), 1);
    }
  }

  /** The same, where nobody may get the merge's slot any more. */
  public static class LastGenerationRace extends SlotRace {
    public LastGenerationRace() {
      super(almostUsedUp(), 2);
    }

    private static EventCore almostUsedUp() {
      EventCore core =
          (EventCore)
              EventSystem.create(c ->
                      c.withOwner(1).withTraceEvery(0).withMaxEvents(SLOTS).withGenerationBits(2))
                  .raw();
      long first = core.create();
      long second = core.create();
      for (int generation = 1; generation < 3; generation++) {
        core.trigger(core.create());
      }
      core.trigger(second);
      core.trigger(first);
      return core;
    }

    @Override
    int slots() {
      return SLOTS - 1;
    }
  }

  /** Two events that a thread merges while another completes them. */
  public static class CreationRace {
    private final EventCore core = Linchecks.core(SLOTS);
    private final long a = core.create();
    private final long b = core.create();
    private volatile long merge;
    private volatile EventStatus due = EventStatus.TRIGGERED;

    @Operation
    public void create() {
      merge = core.merge(a, b);
    }

    @Operation
    public void inputs() {
      core.trigger(b);
      core.trigger(a);
    }

    @Operation
    public void failedInput() {
      due = EventStatus.POISONED;
      core.trigger(a);
      core.poison(b, "b");
    }

    @Validate
    public void theMergeIsWhatItsInputsAre() {
      check(core.status(merge) == due, "the merge is " + core.status(merge));
      int free = freeSlots(core);
      check(free == SLOTS, "free slots: " + free);
    }
  }

  /** Creates events until there are no more; {@return how many} Fails if a handle comes twice. */
  private static int freeSlots(EventCore core) {
    var seen = new long[2 * SLOTS];
    int count = 0;
    try {
      while (true) {
        long event = core.create();
        for (int i = 0; i < count; i++) {
          check(seen[i] >>> 32 != event >>> 32, "handed out twice: " + core.handle(event));
        }
        seen[count++] = event;
      }
    } catch (EventLimitException e) {
      return count;
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
