package dev.carillon.bus;

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

  /** Fails if a setting is outside its range. */
  static void range(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }

  /** Fails if a name is blank. */
  static void name(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
  }
}
