package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Occurrences that are each a delay after something. */
final class DelayOccurrences implements Occurrences {
  private final Clock clock;
  private final long first;
  private final @Nullable Duration again;

  private long deadline;

  DelayOccurrences(Clock clock, Duration start, @Nullable Duration again) {
    this.clock = clock;
    this.first = Occurrences.after(clock.nanos(), Nanos.ahead(start));
    this.again = again;
    this.deadline = first;
  }

  /** {@return what continues behind an occurrence, as if that had finished when it was due} */
  static DelayOccurrences behind(Instant after, Duration delay, Clock clock) {
    Duration left = delay.minus(Duration.between(after, clock.now()));
    return new DelayOccurrences(clock, left.compareTo(delay) < 0 ? left : delay, delay);
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
  public Instant due() {
    return clock.now().minusNanos(clock.nanos() - deadline);
  }

  @Override
  public long missed() {
    return 0;
  }
}
