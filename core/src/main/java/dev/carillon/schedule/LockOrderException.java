package dev.carillon.schedule;

import dev.carillon.event.CarillonException;

/** A lock was to be taken out of order: it is held already, or one that comes after it is. */
public final class LockOrderException extends CarillonException {
  private static final long serialVersionUID = 1L;

  private final String requested;
  private final String held;

  LockOrderException(String owner, String requested, String held) {
    super(
        requested.equals(held)
            ? "a lock must not be taken twice: %s holds \"%s\"".formatted(owner, held)
            : "locks must be taken in ascending order: %s holds \"%s\" and requests \"%s\""
                .formatted(owner, held, requested),
        null);
    this.requested = requested;
    this.held = held;
  }

  /** {@return the lock that was requested} */
  public String requested() {
    return requested;
  }

  /** {@return the lock that is held and does not come before it} */
  public String held() {
    return held;
  }
}
