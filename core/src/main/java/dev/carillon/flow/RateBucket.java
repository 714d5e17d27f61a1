package dev.carillon.flow;

/**
 * A bucket of permits that time fills: so many in a period, and as many at once. Not thread-safe.
 */
final class RateBucket {
  /*
   * The generic cell rate algorithm (ITU-T I.371), in whole numbers: `paid` and `rest` / permits
   * nanoseconds is the time until which all permits that were taken are paid for, each costing
   * period / permits from then or from now, whichever is later. It may lie ahead of now by a period.
   * Nothing is rounded but the time at which somebody is told to come again.
   */
  private static final long LONGEST_PERIOD = Long.MAX_VALUE / 4; // 73 years: no sum overflows

  private final long period;
  private final int permits;
  private final long cost;
  private final long costRest;

  private long paid;
  private long rest; // less than permits

  RateBucket(Sync.Rate rate) {
    this.period = nanos(rate);
    this.permits = rate.permits();
    this.cost = period / permits;
    this.costRest = period % permits;
  }

  private static long nanos(Sync.Rate rate) {
    boolean isLonger = rate.period().toSeconds() >= LONGEST_PERIOD / 1_000_000_000;
    return isLonger ? LONGEST_PERIOD : rate.period().toNanos();
  }

  /** {@return the first nanosecond from which on there is a permit; it may be long past} */
  long opensAt() {
    return paid + cost - period + Math.ceilDiv(rest + costRest, permits);
  }

  /**
   * Takes a permit, which there is.
   *
   * @param now the time, from 0 on and never less than before
   */
  void take(long now) {
    if (paid < now) {
      paid = now;
      rest = 0;
    }
    long sum = rest + costRest;
    paid += cost + sum / permits;
    rest = sum % permits;
  }
}
