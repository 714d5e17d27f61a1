package dev.carillon.bus;

import dev.carillon.event.CarillonException;
import java.util.ArrayList;
import java.util.List;

/** Handlers waited for each other in a circle; the wait that closed it was ended with this. */
public final class DeadlockDetectedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> circle;

  DeadlockDetectedException(List<String> circle) {
    super(
        "handlers must not wait for each other in a circle:\n  " + String.join("\n  ", circle),
        null);
    this.circle = new ArrayList<>(circle);
  }

  /** {@return a line for each handler in the circle: what it handles, and what it waits for} */
  public List<String> circle() {
    return List.copyOf(circle);
  }
}
