package dev.carillon.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * One occurrence of a schedule.
 *
 * @param number how many there have been with this one; goes on after a restart
 * @param due when it was to happen
 * @param at when it did
 * @param missed how many occurrences did not happen since the tick before, or became this one
 */
public record Tick(long number, Instant due, Instant at, long missed) {

  /** Checks that nothing is missing. */
  public Tick {
    Objects.requireNonNull(due, "due");
    Objects.requireNonNull(at, "at");
  }

  /** {@return by how much it came late} */
  public Duration late() {
    return Duration.between(due, at);
  }
}
