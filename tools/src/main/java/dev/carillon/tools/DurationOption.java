package dev.carillon.tools;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A span of time as people give it: a number and its unit. */
final class DurationOption {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private DurationOption() {}

  /**
   * {@return the time}
   *
   * @param option whose value it is, for the message
   * @throws IllegalArgumentException if it is none
   */
  static Duration parse(String option, String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher parts = FORM.matcher(text);
    Usage.require(
        parts.matches(),
        "%s must be a number and ms, s, m, h or d, such as 500ms: TIME=%s".formatted(option, text));
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
