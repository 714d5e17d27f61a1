package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;

/** See {@link Schedule#fixedDelay}. */
record FixedDelay(Duration delay, Duration start) implements Schedule.Repeating {
  FixedDelay {
    Objects.requireNonNull(start, "start");
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative: delay=" + delay);
    }
  }

  @Override
  public FixedDelay startingAfter(Duration newStart) {
    return new FixedDelay(delay, newStart);
  }
}
