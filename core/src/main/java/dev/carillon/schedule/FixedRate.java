package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;

/** See {@link Schedule#fixedRate}. */
record FixedRate(Duration period, Duration start, Missed missed) implements Schedule.Grid {
  FixedRate {
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(missed, "missed");
    if (!period.isPositive()) {
      throw new IllegalArgumentException("period must be positive: period=" + period);
    }
  }

  @Override
  public FixedRate missed(Missed newMissed) {
    return new FixedRate(period, start, newMissed);
  }

  @Override
  public FixedRate startingAfter(Duration newStart) {
    return new FixedRate(period, newStart, missed);
  }
}
