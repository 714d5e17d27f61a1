package dev.carillon.event;

import static dev.carillon.event.SlotTable.COMPACTING;
import static dev.carillon.event.SlotTable.FREE;
import static dev.carillon.event.SlotTable.JOIN;
import static dev.carillon.event.SlotTable.PENDING;
import static dev.carillon.event.SlotTable.STATUS;
import static dev.carillon.event.SlotTable.TRIGGERED;
import static dev.carillon.event.SlotTable.head;
import static dev.carillon.event.SlotTable.isPending;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Events that complete after all their inputs. */
final class Merges {
  /*
   * A merge is a slot with a count of the inputs that are not complete, `remaining`. Each pending
   * input has a waiter node that names the slot, so a merge of n inputs makes no object at all.
   *
   * Inputs name the output by its slot, not its handle, so the slot must not be reused before all
   * inputs are complete, even if somebody else completes the output first (by its handle, with a
   * timeout, at shutdown). Who frees the slot is settled on `remaining`:
   *
   *   - An input that is not the last counts itself down and leaves.
   *   - The last input completes the output while it is still counted, and frees the slot.
   *   - Whoever else completes the output adds EARLY to `remaining`. If an input is still counted,
   *     it leaves the slot to the last input; if none is, it frees the slot.
   *   - The last input, when it finds the output complete or EARLY set, counts itself down. If EARLY
   *     was there, it frees the slot; otherwise EARLY will be added to 0, and frees it.
   *   - If the output's waiters are being compacted, delivery and freeing are the compacting
   *     thread's, as for somebody else who completes it; so the last input counts itself down first.
   *
   * That an input failed is noted in `failures` before the input is counted, so the last input sees
   * it. The entry is removed before the slot can be reused.
   */
  static final int EARLY = 1 << 30;

  /** Says that a merge is to be poisoned; no state word has this value. */
  static final long FAILED = -1;

  private final EventCore core;
  private final SlotTable slots;
  private final ConcurrentHashMap<Integer, MergeFailures> failures = new ConcurrentHashMap<>();
  private final AtomicInteger failing = new AtomicInteger(); // entries in failures, or more

  Merges(EventCore core, SlotTable slots) {
    this.core = core;
    this.slots = slots;
  }

  long create(long... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("a merge needs at least one input: inputs=0");
    }
    if (inputs.length >= EARLY) {
      throw new IllegalArgumentException(
          "a merge takes under 2^30 inputs: inputs=" + inputs.length);
    }
    int output = core.takeSlot(true);
    slots.chunk(output).inputs(output, inputs.length);
    long event = core.create(output, PENDING | JOIN);
    int i = 0;
    try {
      for (; i < inputs.length; i++) {
        if (inputs[i] == event) {
          throw core.invalid(event); // a handle that was forged before there was such an event
        }
        if (core.waitlist.addInput(inputs[i], output, i) == 0) {
          countNow(output, i, core.poisonOf(inputs[i]));
        }
      }
    } catch (CarillonException e) {
      Poison refused = Poison.of(core.handle(event), null, "not merged: " + e, e, core.now());
      for (; i < inputs.length; i++) {
        countNow(output, i, refused);
      }
      throw e;
    }
    return event;
  }

  /** Counts an input that was complete when the merge was made. */
  private void countNow(int output, int input, @Nullable Poison poison) {
    long taken = countDown(output, input, poison);
    if (taken == FAILED) {
      Turn.Delivery delivery = poison(output);
      if (delivery != null) {
        core.cascade.deliver(delivery);
      }
    } else if (taken != 0) {
      core.cascade.deliver(taken, null); // somebody found the merge in a listing of pending events
    }
  }

  /**
   * Counts an input of a merge, and completes the merge if it is the last.
   *
   * @return the state word with the waiters to deliver to; 0 if there are none; {@link #FAILED} if
   *     {@link #poison} has to complete the merge
   */
  long countDown(int output, int input, @Nullable Poison poison) {
    if (poison != null) {
      failuresOf(output).add(input, poison);
    }
    SlotTable.Chunk slot = slots.chunk(output);
    while (true) {
      int remaining = slot.remainingAcquire(output);
      if ((remaining & ~EARLY) == 1) {
        break;
      }
      if (slot.casRemaining(output, remaining, remaining - 1)) {
        return 0;
      }
    }
    return failing.get() == 0 || !failures.containsKey(output) ? trigger(slot, output) : FAILED;
  }

  private MergeFailures failuresOf(int output) {
    return failures.computeIfAbsent(
        output,
        o -> {
          failing.incrementAndGet();
          return new MergeFailures();
        });
  }

  private @Nullable MergeFailures takeFailures(int output) {
    MergeFailures taken = failures.remove(output);
    if (taken != null) {
      failing.decrementAndGet();
    }
    return taken;
  }

  private long trigger(SlotTable.Chunk slot, int output) {
    long state = slot.stateAcquire(output);
    long event = (long) output << 32 | state >>> 32;
    boolean counted = false;
    while (isPending(state, (int) event)) {
      boolean compacting = (state & COMPACTING) != 0;
      if (compacting && !counted) {
        if (slot.addRemaining(output, -1) != 1) {
          break; // completed early, as the state read next would tell
        }
        counted = true;
      }
      long completed = compacting ? (state & ~STATUS) | TRIGGERED : core.after(event, TRIGGERED);
      if (slot.casState(output, state, completed)) {
        if (compacting) {
          return 0;
        }
        core.freeAfterCompletion(event, state, null, true);
        return head(state) == 0 ? 0 : state;
      }
      state = slot.stateAcquire(output);
    }
    if (!counted) {
      leave(output);
    }
    return 0;
  }

  /**
   * Poisons a merge with what its inputs failed of, the last input having been counted.
   *
   * @return what to deliver, or null if nobody waits
   */
  Turn.@Nullable Delivery poison(int output) {
    long state = slots.stateAcquire(output);
    long event = (long) output << 32 | state >>> 32;
    MergeFailures failed = takeFailures(output);
    if (failed != null && (state & STATUS) == PENDING) {
      Poison poison =
          failed.toPoison(
              core.handle(event),
              core.nameOf(event),
              slots.chunk(output).inputs(output),
              core.now());
      long before = core.recordPoison(event, poison);
      if (before != 0) {
        if ((before & COMPACTING) != 0) {
          leave(output);
          return null;
        }
        core.freeAfterCompletion(event, before, poison, true);
        int first = core.waitlist.take(before);
        return first == 0 ? null : new Turn.Delivery(first, poison);
      }
    }
    leave(output);
    return null;
  }

  /** Counts the last input of a merge that somebody else completed or is to free. */
  private void leave(int output) {
    if (failing.get() != 0) {
      takeFailures(output);
    }
    SlotTable.Chunk slot = slots.chunk(output);
    boolean mine = (slot.addRemaining(output, -1) & EARLY) != 0;
    if (mine && (slot.stateAcquire(output) & STATUS) == FREE) { // else it is retired
      core.giveSlot(output);
    }
  }

  /** {@return whether the slot of an output is to be freed by whoever completed it early} */
  boolean completedEarly(int output) {
    return (slots.chunk(output).addRemaining(output, EARLY) & ~EARLY) == 0;
  }
}
