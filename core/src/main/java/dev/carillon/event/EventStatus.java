package dev.carillon.event;

/** Where an event stands. It moves from {@link #PENDING} to one of the others once, for ever. */
public enum EventStatus {
  /** Not complete. */
  PENDING,
  /** Complete with success. */
  TRIGGERED,
  /** Complete with failure; a {@link Poison} says which. */
  POISONED;

  /** {@return whether the event is complete, whichever way} */
  public boolean isComplete() {
    return this != PENDING;
  }
}
