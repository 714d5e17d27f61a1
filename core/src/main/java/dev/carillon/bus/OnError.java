package dev.carillon.bus;

import dev.carillon.schedule.Retry;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription does when its handler fails. It is counted and logged in any case.
 *
 * @param retry how it is tried again, or null; the lane waits meanwhile, as later messages must not
 *     overtake
 * @param deadLetters whether the message is published on {@code $dead.<topic>} then
 * @param propagates whether the publisher's event is poisoned then
 * @param disableAfter after how many failures in a row the subscription is disabled; 0 for never
 * @param probeAfter how long it is disabled before one message is tried: if that is handled it is
 *     enabled, else disabled again
 */
public record OnError(
    @Nullable Retry retry,
    boolean deadLetters,
    boolean propagates,
    int disableAfter,
    Duration probeAfter) {

  /** Counts and logs, and disables for 30 s after 10 failures in a row. */
  public static final OnError DEFAULT = new OnError(null, false, false, 10, Duration.ofSeconds(30));

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is negative, or the time not positive
   */
  public OnError {
    Objects.requireNonNull(probeAfter, "probeAfter");
    if (disableAfter < 0) {
      throw new IllegalArgumentException(
          "disableAfter must not be negative: disableAfter=" + disableAfter);
    }
    Checks.positive("probeAfter", probeAfter);
  }

  /**
   * {@return this, and it is tried again}
   *
   * @param newRetry how often, after which pauses
   */
  public OnError retry(Retry newRetry) {
    return new OnError(newRetry, deadLetters, propagates, disableAfter, probeAfter);
  }

  /** {@return this, and the message is published on {@code $dead.<topic>} in the end} */
  public OnError deadLetter() {
    return new OnError(retry, true, propagates, disableAfter, probeAfter);
  }

  /** {@return this, and the publisher's event is poisoned in the end} */
  public OnError propagate() {
    return new OnError(retry, deadLetters, true, disableAfter, probeAfter);
  }

  /**
   * {@return this with another limit}
   *
   * @param failures in a row, or 0 for never
   * @param newProbeAfter how long it is disabled
   */
  public OnError disableAfter(int failures, Duration newProbeAfter) {
    return new OnError(retry, deadLetters, propagates, failures, newProbeAfter);
  }
}
