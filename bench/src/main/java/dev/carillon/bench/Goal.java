package dev.carillon.bench;

import java.util.Optional;
import java.util.function.Function;

/**
 * A bound that a group is to keep.
 *
 * @param text the bound, for tables
 * @param measure finds what it bounds, if that was measured
 * @param limit the most it may be
 * @param timed whether the limit is a time, which a slower processor makes longer
 */
record Goal(String text, Function<Rows, Optional<Score>> measure, double limit, boolean timed) {

  /** {@return how much of the limit was used, the limit taken times a factor if it is a time} */
  double share(Score measured, double slower) {
    return measured.value() / (timed ? limit * slower : limit);
  }

  /** {@return a bound on the time of a subject in nanoseconds} */
  static Goal time(String text, double limit, String method, String variant, long size) {
    return new Goal(text, rows -> timeOf(rows, method, variant, size), limit, true);
  }

  /** {@return a bound on the 99th percentile of a subject in nanoseconds} */
  static Goal tail(String text, double limit, String method) {
    return new Goal(text, rows -> rows.find(method, "", 0).map(Row::tail), limit, true);
  }

  /** {@return a bound on the bytes of a subject} */
  static Goal bytes(String text, double limit, String method, long size) {
    return new Goal(
        text, rows -> rows.find(method, "", size).map(r -> new Score(r.bytes(), 0)), limit, false);
  }

  /** {@return a bound on the wake-ups of a subject} */
  static Goal wakeUps(String text, double limit, String method, String variant) {
    return new Goal(text, rows -> rows.find(method, variant, 0).map(Row::wakeUps), limit, false);
  }

  /** {@return a bound on the time of a subject in another's} */
  static Goal ratio(String text, double limit, String method, String other, String variant) {
    return ratio(text, limit, method, variant, other, variant);
  }

  /** {@return a bound on the time of a subject in another's} */
  static Goal ratio(
      String text, double limit, String method, String variant, String other, String otherVariant) {
    return new Goal(
        text,
        rows ->
            timeOf(rows, method, variant, 0)
                .flatMap(mine -> timeOf(rows, other, otherVariant, 0).map(mine::over)),
        limit,
        false);
  }

  /** {@return a bound on the time of a subject in another's at one size} */
  static Goal ratio(String text, double limit, String method, String other, long size) {
    return new Goal(
        text,
        rows ->
            timeOf(rows, method, "", size)
                .flatMap(mine -> timeOf(rows, other, "", size).map(mine::over)),
        limit,
        false);
  }

  private static Optional<Score> timeOf(Rows rows, String method, String variant, long size) {
    return rows.find(method, variant, size).map(Row::time);
  }
}
