package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Occurrences that are each a delay after something. */
final class DelayOccurrences implements Occurrences {
  private final long first;
  private final @Nullable Duration again;

  private long deadline;

  DelayOccurrences(Clock clock, Duration start, @Nullable Duration again) {
    this.first = Occurrences.after(clock.nanos(), Nanos.ahead(start));
    this.again = again;
    this.deadline = first;
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public long wake(long now) {
    return deadline;
  }

  @Override
  public long next(long finished) {
    deadline = again == null ? NEVER : Occurrences.after(finished, Nanos.ahead(again));
    return deadline;
  }

  @Override
  public long missed() {
    return 0;
  }
}
