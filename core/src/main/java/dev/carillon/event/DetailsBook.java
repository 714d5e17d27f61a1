package dev.carillon.event;

import static dev.carillon.event.SlotTable.DETAILS;
import static dev.carillon.event.SlotTable.isPending;

import org.jspecify.annotations.Nullable;

/** Finds the {@link Details} of events. */
final class DetailsBook {
  /*
   * Details lie beside the slot of their event, in a column that a chunk of slots is given when the
   * first of its events needs it, and say which event they are of.
   *
   * Whoever adds details to a pending event puts them into the column and then sets DETAILS in the
   * state word. If the event completes in between, it takes them out again. Until then they may lie
   * in the slot of a later event, whose own replace them; details of a later event are never
   * replaced by those of an earlier one. Details of an event that had DETAILS set are taken out when
   * it completes, before its slot is free.
   */
  private final SlotTable slots;

  DetailsBook(SlotTable slots) {
    this.slots = slots;
  }

  /** Adds details to an event that is about to be created, in a slot that the caller took. */
  void add(Details about) {
    int index = (int) (about.event >>> 32);
    slots.chunk(index).details(index, about);
  }

  /** {@return the details of a pending event, made if it has none; null if it is complete} */
  @Nullable Details make(long event) {
    int index = (int) (event >>> 32);
    SlotTable.Chunk slot = slots.chunk(index);
    long state = slot.stateAcquire(index);
    Details about = null;
    while (isPending(state, (int) event)) {
      Details there = slot.details(index);
      if ((state & DETAILS) != 0) {
        return there != null && there.event == event ? there : null;
      }
      if (there == null || there.event != event) {
        if (there != null && Integer.compareUnsigned((int) there.event, (int) event) > 0) {
          return null;
        }
        var mine = new Details(event);
        there = slot.casDetails(index, there, mine) ? mine : null;
      }
      if (there != null) {
        about = there;
        if (slot.casState(index, state, state | DETAILS)) {
          return about;
        }
      }
      state = slot.stateAcquire(index);
    }
    if (about != null) {
      slot.casDetails(index, about, null);
    }
    return null;
  }

  /** {@return the details of an event that exists; null if it has none or is complete} */
  @Nullable Details find(long event) {
    int index = (int) (event >>> 32);
    Details there = slots.chunk(index).details(index);
    return there != null && there.event == event ? there : null;
  }

  /** Removes the details of an event that is complete. */
  void remove(long event) {
    Details there = find(event);
    if (there != null) {
      int index = (int) (event >>> 32);
      slots.chunk(index).casDetails(index, there, null);
    }
  }
}
