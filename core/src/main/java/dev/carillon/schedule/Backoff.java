package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * How long to wait after each of several failures in a row: immutable, checked when made.
 *
 * @param growth how the delay grows from failure to failure
 * @param first the delay after the first failure
 * @param factor by what each delay is longer than the one before; for {@link Growth#EXPONENTIAL}
 *     only, 1 for the others
 * @param cap no delay is longer
 * @param jitter how chance enters, so that those who failed together do not return together
 * @param random where chance comes from; must be safe for use by all threads that use this
 */
public record Backoff(
    Growth growth,
    Duration first,
    double factor,
    Duration cap,
    Jitter jitter,
    RandomGenerator random) {

  /** How delays grow. */
  public enum Growth {
    /** Not at all. */
    FIXED,
    /** By the first delay each time. */
    LINEAR,
    /** By a factor each time. */
    EXPONENTIAL
  }

  /** How chance enters. */
  public enum Jitter {
    /** It does not. */
    NONE,
    /** Anything from zero to the delay, evenly. */
    FULL,
    /**
     * Anything from the first delay to three times a delay drawn in the same way for the failure
     * before, evenly, and at most the cap. The growth is not used. The whole chain is drawn each
     * time, so that nothing has to be remembered between failures.
     */
    DECORRELATED
  }

  private static final double TRIPLE = 3;

  /** By then a chain of draws has long forgotten where it began, or has met its cap. */
  private static final int LONGEST_CHAIN = 64;

  private static final RandomGenerator OF_THE_THREAD = () -> ThreadLocalRandom.current().nextLong();

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if {@code first} is negative, {@code cap} is shorter than
   *     {@code first}, or {@code factor} is not a number from 1 to 1,000, or not 1 where it has no
   *     use
   */
  public Backoff {
    Objects.requireNonNull(growth, "growth");
    Objects.requireNonNull(jitter, "jitter");
    Objects.requireNonNull(random, "random");
    if (first.isNegative()) {
      throw new IllegalArgumentException("first must not be negative: first=" + first);
    }
    if (cap.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "cap must not be shorter than first: cap=%s first=%s".formatted(cap, first));
    }
    if (!(factor >= 1 && factor <= 1_000)) {
      throw new IllegalArgumentException("factor must be 1 to 1000: factor=" + factor);
    }
    if (growth != Growth.EXPONENTIAL && factor != 1) {
      throw new IllegalArgumentException(
          "factor must be 1 unless growth is EXPONENTIAL: factor=%s growth=%s"
              .formatted(factor, growth));
    }
  }

  /**
   * {@return the same delay each time}
   *
   * @param delay how long; zero for none
   */
  public static Backoff fixed(Duration delay) {
    return new Backoff(Growth.FIXED, delay, 1, delay, Jitter.NONE, OF_THE_THREAD);
  }

  /**
   * {@return once, twice, three times the first delay and so on}
   *
   * @param first the delay after the first failure
   * @param cap no delay is longer
   */
  public static Backoff linear(Duration first, Duration cap) {
    return new Backoff(Growth.LINEAR, first, 1, cap, Jitter.NONE, OF_THE_THREAD);
  }

  /**
   * {@return delays of which each is twice the one before}
   *
   * @param first the delay after the first failure
   * @param cap no delay is longer
   */
  public static Backoff exponential(Duration first, Duration cap) {
    return exponential(first, 2, cap);
  }

  /**
   * {@return delays of which each is longer than the one before by a factor}
   *
   * @param first the delay after the first failure
   * @param factor 1 to 1,000
   * @param cap no delay is longer
   */
  public static Backoff exponential(Duration first, double factor, Duration cap) {
    return new Backoff(Growth.EXPONENTIAL, first, factor, cap, Jitter.NONE, OF_THE_THREAD);
  }

  /**
   * {@return these delays with another jitter}
   *
   * @param newJitter how chance enters
   */
  public Backoff withJitter(Jitter newJitter) {
    return new Backoff(growth, first, factor, cap, newJitter, random);
  }

  /**
   * {@return these delays with chance from another source}
   *
   * @param newRandom safe for use by all threads that use this
   */
  public Backoff withRandom(RandomGenerator newRandom) {
    return new Backoff(growth, first, factor, cap, jitter, newRandom);
  }

  /**
   * {@return how long to wait after a failure}
   *
   * @param failures how many there were in a row, 1 for the first
   * @throws IllegalArgumentException if {@code failures} is not positive
   */
  public Duration delay(int failures) {
    return Duration.ofNanos(delayNanos(failures));
  }

  long delayNanos(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures must be positive: failures=" + failures);
    }
    long least = Nanos.of(first);
    long most = Nanos.of(cap);
    return switch (jitter) {
      case NONE -> grown(failures, least, most);
      case FULL -> upTo(grown(failures, least, most));
      case DECORRELATED -> decorrelated(failures, least, most);
    };
  }

  private long grown(int failures, long least, long most) {
    return switch (growth) {
      case FIXED -> least;
      case LINEAR -> least > most / failures ? most : least * failures;
      case EXPONENTIAL -> least == 0 ? 0 : capped(least * Math.pow(factor, failures - 1), most);
    };
  }

  private long decorrelated(int failures, long least, long most) {
    long delay = least;
    for (int i = Math.min(failures, LONGEST_CHAIN); i > 0; i--) {
      delay = Math.min(most, least + upTo(capped(TRIPLE * delay, most) - least));
    }
    return delay;
  }

  private static long capped(double nanos, long most) {
    return nanos < most ? (long) nanos : most;
  }

  private long upTo(long most) {
    return most == Long.MAX_VALUE ? random.nextLong() >>> 1 : random.nextLong(most + 1);
  }
}
