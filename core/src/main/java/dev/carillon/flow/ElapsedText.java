package dev.carillon.flow;

import java.time.Duration;
import java.util.Locale;

/** Times that have passed, as people read them: to about three digits. */
final class ElapsedText {
  private ElapsedText() {}

  static String of(Duration elapsed) {
    long millis = elapsed.toMillis();
    if (millis < 1) {
      return "under 1 ms";
    }
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 120_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
    long minutes = elapsed.toMinutes();
    return minutes < 120 ? minutes + " min" : "%d h %d min".formatted(minutes / 60, minutes % 60);
  }
}
