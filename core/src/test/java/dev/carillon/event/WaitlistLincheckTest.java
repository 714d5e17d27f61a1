package dev.carillon.event;

import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Adding, removing, compacting and completing, interleaved at every step.
 *
 * <p>Whether a waiter is told cannot be said of an operation alone, as the one who completes tells
 * the waiters after the event is complete, and sometimes another thread does it for him. So there
 * is no sequential specification here: the model checker explores the interleavings, and what has
 * to hold is checked in the end.
 */
class WaitlistLincheckTest {
  private static final int EXECUTIONS = 150;

  @Test
  void race_removeHead_compactAndReuse() {
    Linchecks.race(Race.class, EXECUTIONS, "removeHead", "removeInnerAndAddTwo");
  }

  @Test
  void race_removeHead_compactAndReuse_trigger() {
    Linchecks.race(Race.class, EXECUTIONS, "removeHead", "removeInnerAndAddTwo", "trigger");
  }

  @Test
  void race_compact_add() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "add");
  }

  @Test
  void race_compact_trigger() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "trigger");
  }

  @Test
  void race_createAndAdd_shutdown() {
    Linchecks.race(Race.class, EXECUTIONS, "createAndAdd", "shutdown");
  }

  @Test
  void race_compact_add_trigger() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "add", "trigger");
  }

  @Test
  void race_compact_add_poison() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "add", "poison");
  }

  @Test
  void race_removeHead_removeInner_removeOldest() {
    Linchecks.race(Race.class, EXECUTIONS, "removeHead", "removeInner", "removeOldest");
  }

  @Test
  void race_compact_poison_trigger() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "poison", "trigger");
  }

  @Test
  void race_compact_add_shutdown() {
    Linchecks.race(Race.class, EXECUTIONS, "removeInner", "add", "shutdown");
  }

  /** An event with three waiters, which are compacted when an inner one is removed. */
  public static class Race {
    private final EventCore core = Linchecks.core(8);
    private final long event = core.create();
    private final Waiter oldest = new Waiter();
    private final Waiter inner = new Waiter();
    private final Waiter head = new Waiter();
    private final Waiter first = new Waiter();
    private final Waiter second = new Waiter();
    private volatile long created;
    private volatile int toldOfCreated;

    public Race() {
      oldest.add();
      inner.add();
      head.add();
      Linchecks.fillUpToCompaction(core, event);
    }

    private final class Waiter implements CompletionListener {
      private volatile long registration = -1; // not yet added
      private volatile boolean removed;
      private volatile int told;

      void add() {
        registration = core.listen(event, this);
      }

      void remove() {
        removed = core.remove(event, registration);
      }

      @Override
      @SuppressWarnings("NonAtomicVolatileUpdate") // told once, or the test fails
      public void completed(Poison poison) {
        told++;
      }
    }

    @Operation
    public void removeHead() {
      head.remove();
    }

    @Operation
    public void removeInner() {
      inner.remove();
    }

    @Operation
    public void removeOldest() {
      oldest.remove();
    }

    @Operation
    public void add() {
      first.add();
    }

    @Operation
    public void removeInnerAndAddTwo() {
      inner.remove();
      first.add();
      second.add();
    }

    @Operation
    public void trigger() {
      core.tryTrigger(event);
    }

    @Operation
    public void poison() {
      core.tryPoison(event, "why");
    }

    /** Creates an event that shutdown may come too early to find. */
    @Operation
    public void createAndAdd() {
      try {
        created = core.create();
      } catch (SystemClosedException e) {
        return;
      }
      core.listen(created, poison -> toldOfCreated = toldOfCreated + 1);
    }

    @Operation
    public void shutdown() {
      core.shutdown("end");
    }

    @Validate
    public void everybodyWasToldOnceUnlessRemoved() {
      core.tryTrigger(event);
      for (Waiter waiter : List.of(oldest, inner, head, first, second)) {
        int due = waiter.registration == -1 || waiter.removed ? 0 : 1;
        if (waiter.told != due) {
          throw new AssertionError("told=%d due=%d".formatted(waiter.told, due));
        }
      }
      if (created != 0 && toldOfCreated != 1) { // shutdown poisons it, nobody else completes it
        throw new AssertionError("told of the late event: " + toldOfCreated);
      }
      Linchecks.checkFreeNodes(core);
    }
  }
}
