package dev.carillon.event;

import static dev.carillon.event.SlotTable.COMPACTING;
import static dev.carillon.event.SlotTable.DIRECT_INPUTS;
import static dev.carillon.event.SlotTable.FREE;
import static dev.carillon.event.SlotTable.JOIN;
import static dev.carillon.event.SlotTable.PENDING;
import static dev.carillon.event.SlotTable.POISONED;
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
   * input has a waiter, direct or a node, that names the slot and the input's number, so a merge
   * makes no object at all.
   *
   * Direct heads have room for numbers up to DIRECT_INPUTS. A merge of more inputs has parts of that
   * many, each counted down in a free slot of its own, whose last input counts one of the merge's:
   *
   *             remaining                        inputs                     born
   *   merge     inputs or parts not complete     how many inputs it has     time of creation
   *   part      inputs not complete              ~(number of its first)     slot of the merge
   *
   * Besides making inputs cheap, parts spread the counting over as many cache lines. If no slot is
   * left for a part, its inputs are counted in the merge.
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
   * A part has no handle, so nobody but its inputs knows it, and the last of them frees it. That an
   * input failed is noted in `failures` before the input is counted, so the last input sees
   * it. The entry is removed before the slot can be reused.
   */
  static final int EARLY = 1 << 30;

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
    boolean whole = inputs.length <= DIRECT_INPUTS;
    int parts = (inputs.length - 1) / DIRECT_INPUTS + 1;
    SlotTable.Chunk slot = slots.chunk(output);
    slot.inputs(output, inputs.length, whole ? inputs.length : parts);
    long event = core.create(output, PENDING | JOIN);
    CarillonException refusal = null;
    for (int first = 0; first < inputs.length; first += DIRECT_INPUTS) {
      int end = Math.min(first + DIRECT_INPUTS, inputs.length);
      int part = whole ? output : takePart(output, first, end - first);
      refusal = addAll(inputs, first, end, event, part, refusal);
    }
    if (refusal != null) {
      throw refusal;
    }
    return event;
  }

  /**
   * Adds inputs to a merge or a part of it. After one was refused, the others are counted only.
   *
   * @return why an input was refused; null if none was
   */
  private @Nullable CarillonException addAll(
      long[] inputs, int first, int end, long event, int part, @Nullable CarillonException before) {
    CarillonException refusal = before;
    int base = part == (int) (event >>> 32) ? 0 : first;
    int complete = 0;
    for (int i = first; i < end; i++) {
      Poison poison = null;
      if (refusal == null) {
        try {
          if (inputs[i] == event) {
            throw core.invalid(event); // a handle that was forged before there was such an event
          }
          if (core.waitlist.addInput(inputs[i], part, i - base)) {
            continue;
          }
          poison = core.poisonOf(inputs[i]);
        } catch (CarillonException e) {
          refusal = e;
          poison = Poison.of(core.handle(event), null, "not merged: " + e, e, core.now());
        }
      }
      if (poison == null) {
        complete++;
      } else {
        countNow(part, i - base, poison);
      }
    }
    if (complete > 1) { // the last of them is counted alone, as it may be the last of all
      slots.chunk(part).addRemaining(part, 1 - complete);
    }
    if (complete > 0) {
      countNow(part, 0, null);
    }
    return refusal;
  }

  /** {@return a slot for a part of a merge; the merge's own if there is none left} */
  private int takePart(int output, int first, int inputs) {
    int part = core.takePart();
    if (part == IndexPool.NONE) {
      slots.chunk(output).addRemaining(output, inputs - 1);
      return output;
    }
    SlotTable.Chunk slot = slots.chunk(part);
    slot.born(part, output);
    slot.inputs(part, ~first, inputs);
    return part;
  }

  /** {@return the slot of the merge that a slot is, or is a part of} */
  int outputOf(int part) {
    SlotTable.Chunk slot = slots.chunk(part);
    return slot.inputs(part) < 0 ? slot.born(part) : part;
  }

  /** Counts an input that was complete when the merge was made. */
  private void countNow(int part, int input, @Nullable Poison poison) {
    long taken = countDown(part, input, poison);
    if (isFailure(taken)) {
      Turn.Delivery delivery = poison(taken);
      if (delivery != null) {
        core.cascade.deliver(delivery);
      }
    } else if (taken != 0) {
      core.cascade.deliver(taken, null); // somebody found the merge in a listing of pending events
    }
  }

  /**
   * Counts an input of a merge, and triggers the merge if it is the last.
   *
   * @param part slot of the merge or of a part of it
   * @param input which input, counted from the first of the part
   * @return the state word with the waiters to deliver to; 0 if there are none; a {@linkplain
   *     #isFailure failure} if {@link #poison} has to complete the merge
   */
  long countDown(int part, int input, @Nullable Poison poison) {
    int output = part;
    SlotTable.Chunk slot = slots.chunk(part);
    int inputs = slot.inputs(part);
    if (inputs < 0) {
      output = slot.born(part);
      if (poison != null) {
        failuresOf(output).add(~inputs + input, poison);
      }
      if (!countLast(slot, part)) {
        return 0;
      }
      core.giveSlot(part);
      slot = slots.chunk(output);
    } else if (poison != null) {
      failuresOf(output).add(input, poison);
    }
    if (!countLast(slot, output)) {
      return 0;
    }
    return failing.get() == 0 || !failures.containsKey(output)
        ? trigger(slot, output)
        : (long) output << 32 | POISONED;
  }

  /** Counts an input unless it is the last; {@return whether it is} */
  private static boolean countLast(SlotTable.Chunk slot, int index) {
    while (true) {
      int remaining = slot.remainingAcquire(index);
      if ((remaining & ~EARLY) == 1) {
        return true;
      }
      if (slot.casRemaining(index, remaining, remaining - 1)) {
        return false;
      }
    }
  }

  /**
   * {@return whether what {@link #countDown} returned says that the merge failed; state words of
   * events before their completion say that they are pending}
   */
  static boolean isFailure(long counted) {
    return (counted & STATUS) == POISONED;
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
   * @param failure which merge: what {@link #countDown} returned
   * @return what to deliver, or null if nobody waits
   */
  Turn.@Nullable Delivery poison(long failure) {
    int output = (int) (failure >>> 32);
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
