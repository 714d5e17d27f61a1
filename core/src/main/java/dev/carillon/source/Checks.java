package dev.carillon.source;

import java.time.Duration;

/** Checks of settings, all in the same words. */
final class Checks {
  private Checks() {}

  /** Fails if a setting is not positive. */
  static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("%s must be positive: %s=%s".formatted(what, what, value));
    }
  }

  /** Fails if a setting is negative. */
  static void notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "%s must not be negative: %s=%s".formatted(what, what, value));
    }
  }

  /** Fails if a setting is outside its range. */
  static void range(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }
}
