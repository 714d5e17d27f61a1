package dev.carillon.bench;

import org.jspecify.annotations.Nullable;

/**
 * What was measured of one subject at one size.
 *
 * @param method the name that goals use for the subject
 * @param subject the name shown
 * @param variant what was special about the session, empty for nothing
 * @param size how large the work was; 0 where it has no size
 * @param time nanoseconds per operation, and per unit of size; null where only memory was measured
 * @param tail the 99th percentile where single operations were timed; {@code time} is the 50th then
 * @param bytes allocated or held per operation and unit of size; NaN where unknown
 * @param wakeUps how often a thread began to run per operation; null unless that was counted
 */
record Row(
    String method,
    String subject,
    String variant,
    long size,
    @Nullable Score time,
    @Nullable Score tail,
    double bytes,
    @Nullable Score wakeUps) {

  private static final String OURS = "Carillon";

  Row(
      String method,
      String subject,
      String variant,
      long size,
      @Nullable Score time,
      @Nullable Score tail,
      double bytes) {
    this(method, subject, variant, size, time, tail, bytes, null);
  }

  /** {@return whether the subject is ours} */
  boolean ours() {
    return subject.startsWith(OURS);
  }

  /** {@return the name shown, the variant included} */
  String label() {
    return variant.isEmpty() ? subject : subject + ", " + variant;
  }

  /** {@return this row's time in another's; their bytes where times were not measured} */
  Score ratioTo(Row other) {
    return time == null || other.time == null
        ? new Score(bytes / other.bytes, 0)
        : time.over(other.time);
  }
}
