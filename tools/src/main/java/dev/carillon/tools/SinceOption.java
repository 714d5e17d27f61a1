package dev.carillon.tools;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time as people give it: a moment, or how long ago. */
final class SinceOption {
  private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

  private SinceOption() {}

  /**
   * {@return the moment}
   *
   * @throws IllegalArgumentException if it is none
   */
  static Instant parse(String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    try {
      return ago.matches()
          ? now.minus(Duration.parse((ago.group(2).equals("d") ? "P" : "PT") + text))
          : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "--since must be a moment such as 2026-01-31T12:00:00Z, or how long ago, a number and"
              + " s, m, h or d, such as 10m: SINCE="
              + text,
          e);
    }
  }
}
