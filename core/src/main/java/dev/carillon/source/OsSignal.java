package dev.carillon.source;

import java.time.Instant;
import java.util.Objects;

/**
 * A signal of the operating system, sent to this process once or several times.
 *
 * @param name without {@code SIG}, such as {@code TERM}
 * @param number its number on this system
 * @param times how often it came since it was given out last; the system itself makes one of those
 *     that come close together
 * @param at when the first of them came
 */
public record OsSignal(String name, int number, long times, Instant at) {

  /** Checks that nothing is missing. */
  public OsSignal {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(at, "at");
  }
}
