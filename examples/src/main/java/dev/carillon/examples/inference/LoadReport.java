package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Puts the figures of a run into lines for people. */
final class LoadReport {
  private static final String HEAD =
      "       %6s %9s %6s %6s %8s %7s   %7s %7s %7s %7s"
          .formatted(
              "sent", "answered", "right", "late", "refused", "failed", "p50", "p90", "p99", "max");

  private LoadReport() {}

  /**
   * {@return a table with a line for each band, and what is to be said besides}
   *
   * @param figures of the run
   * @param batches how many there were of each size; the first is of none
   */
  static String table(LoadFigures figures, long[] batches) {
    var text = new StringBuilder(HEAD).append(" ms\n");
    for (Band band : List.of(Band.HIGH, Band.LOW)) {
      text.append(line(band, figures.of(band))).append('\n');
    }
    text.append(batches(batches));
    String failure = figures.firstFailure();
    if (failure != null) {
      text.append("\nthe first failure: ").append(failure);
    }
    long notSent = notSent(figures, Band.HIGH) + notSent(figures, Band.LOW);
    if (notSent > 0) {
      text.append("\nnot sent, as too many were under way: ").append(notSent);
    }
    return text.toString();
  }

  private static long notSent(LoadFigures figures, Band band) {
    return figures.of(band).count(LoadFigures.Result.NOT_SENT);
  }

  private static String line(Band band, LoadFigures.BandFigures figures) {
    double right =
        100.0 * figures.count(LoadFigures.Result.RIGHT) / Math.max(1, figures.answered());
    return String.format(
        Locale.ROOT,
        "%-6s %6d %9d %5.1f%% %6d %8d %7d   %7.1f %7.1f %7.1f %7.1f",
        band,
        figures.sent(),
        figures.answered(),
        right,
        figures.count(LoadFigures.Result.LATE),
        figures.count(LoadFigures.Result.REFUSED),
        figures.count(LoadFigures.Result.FAILED),
        figures.time(0.5) / 1e6,
        figures.time(0.9) / 1e6,
        figures.time(0.99) / 1e6,
        figures.time(1) / 1e6);
  }

  /** {@return how many batches there were, by size, in ranges that double} */
  static String batches(long[] batches) {
    long count = 0;
    long images = 0;
    for (int size = 1; size < batches.length; size++) {
      count += batches[size];
      images += size * batches[size];
    }
    var ranges = new StringJoiner(", ");
    int from = 1;
    for (int to = 1; from < batches.length; to *= 2) {
      int last = Math.min(to, batches.length - 1);
      long inRange = 0;
      for (int size = from; size <= last; size++) {
        inRange += batches[size];
      }
      ranges.add("%d of %s".formatted(inRange, from == last ? from : from + "-" + last));
      from = to + 1;
    }
    double mean = (double) images / Math.max(1, count);
    return String.format(
        Locale.ROOT, "%d batches, %.1f images on average: %s", count, mean, ranges);
  }
}
