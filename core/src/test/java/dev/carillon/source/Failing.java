package dev.carillon.source;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import java.time.Duration;

/** How sources of tests are started again. */
final class Failing {
  /** Soon, and for ever. */
  static final Retry SOON =
      Retry.DEFAULT
          .withMaxAttempts(Integer.MAX_VALUE)
          .withBackoff(Backoff.fixed(Duration.ofMillis(10)));

  private Failing() {}
}
