package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import java.util.Optional;

/**
 * A task that runs again and again, as a {@link Schedule} says. Every run is a task of its own; the
 * next is never submitted before the one before is over. A run that fails is counted, and the
 * repetition goes on.
 *
 * <p>Safe for use by any thread. A run happens-before the next.
 */
public sealed interface Repetition extends AutoCloseable permits LocalRepetition {

  /** {@return how many runs are over} */
  long runs();

  /** {@return how many of them failed} */
  long failed();

  /** {@return how many occurrences were missed: skipped, or made one with another} */
  long missed();

  /** {@return why the last run that failed did} */
  Optional<Poison> lastFailure();

  /**
   * {@return the event that is triggered when there will be no further run, and none is going on}
   */
  Event ended();

  /** Submits no further run; one that was submitted goes on. Idempotent. */
  @Override
  void close();
}
