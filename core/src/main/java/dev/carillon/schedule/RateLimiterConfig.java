package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a {@link RateLimiter}: immutable, changed by {@code with} methods, checked when
 * made.
 *
 * @param name shown in refusals
 * @param permits how many attempts in a period
 * @param period how long a period is
 * @param burst the most attempts at once after a pause
 * @param clock what counts as time
 */
public record RateLimiterConfig(String name, int permits, Duration period, int burst, Clock clock) {

  /** A nanosecond more for each permit is at most one percent then. */
  private static final int LEAST_NANOS_PER_PERMIT = 100;

  private static final Duration LONGEST_REFILL = Duration.ofDays(36_525);

  /** The default settings: 10 a second, and as many at once after a second's pause. */
  public static final RateLimiterConfig DEFAULT =
      new RateLimiterConfig("limiter", 10, Duration.ofSeconds(1), 10, Clock.system());

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the name is blank, a number is not positive, there would be
   *     less than 100 ns to a permit, or a burst would take more than a century to come back
   */
  public RateLimiterConfig {
    Objects.requireNonNull(clock, "clock");
    Checks.name(name);
    Checks.range("permits", permits, 1, Integer.MAX_VALUE);
    Checks.positive("period", period);
    Checks.range("burst", burst, 1, Integer.MAX_VALUE);
    if (period.compareTo(Duration.ofNanos((long) LEAST_NANOS_PER_PERMIT * permits)) < 0) {
      throw new IllegalArgumentException(
          "a permit must take 100 ns or longer: permits=%d period=%s".formatted(permits, period));
    }
    if (period.dividedBy(permits).compareTo(LONGEST_REFILL.dividedBy(burst)) > 0) {
      throw new IllegalArgumentException(
          "a burst must come back within 100 years: burst=%d permits=%d period=%s"
              .formatted(burst, permits, period));
    }
  }

  /** {@return how long a permit takes to come back} */
  long nanosPerPermit() {
    return Math.ceilDiv(Nanos.of(period), (long) permits);
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown in refusals
   */
  public RateLimiterConfig withName(String newName) {
    return new RateLimiterConfig(newName, permits, period, burst, clock);
  }

  /**
   * {@return these settings with another rate, and the whole of a period's permits as the burst}
   *
   * @param newPermits how many attempts
   * @param per in how long a time
   */
  public RateLimiterConfig withRate(int newPermits, Duration per) {
    return new RateLimiterConfig(name, newPermits, per, newPermits, clock);
  }

  /**
   * {@return these settings with another burst}
   *
   * @param most how many attempts at once after a pause; 1 spaces them evenly
   */
  public RateLimiterConfig withBurst(int most) {
    return new RateLimiterConfig(name, permits, period, most, clock);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock what counts as time
   */
  public RateLimiterConfig withClock(Clock newClock) {
    return new RateLimiterConfig(name, permits, period, burst, newClock);
  }
}
