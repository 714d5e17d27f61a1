package dev.carillon.flow;

/** Writes timelines in the Trace Event Format. */
final class ChromeTrace {
  private ChromeTrace() {}

  static String of(Timeline timeline) {
    return timeline.toString();
  }
}
