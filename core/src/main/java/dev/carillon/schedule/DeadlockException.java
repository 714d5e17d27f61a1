package dev.carillon.schedule;

import dev.carillon.event.CarillonException;
import java.util.ArrayList;
import java.util.List;

/** Threads waited for each other's locks in a circle, and this one was chosen to give way. */
public final class DeadlockException extends CarillonException {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> circle;

  DeadlockException(String victim, List<String> circle) {
    super("deadlock, and %s gives way:\n  %s".formatted(victim, String.join("\n  ", circle)), null);
    this.circle = new ArrayList<>(circle);
  }

  /** {@return a line for each in the circle: what it holds, what it waits for, and who has that} */
  public List<String> circle() {
    return List.copyOf(circle);
  }
}
