package dev.carillon.flow;

import java.time.Duration;

/**
 * A part that ended after it was due. Times are counted from when its iteration began.
 *
 * @param part the part's name; of an element {@code name[3]}
 * @param iteration which iteration, 1 for the first
 * @param due when it should have ended, so that what comes after it could be in time, too
 * @param admitted when what it comes after had ended
 * @param began when its last attempt began; if there was none, when it was given up
 * @param ended when it ended
 * @param cause why it was late
 */
public record LatePart(
    String part,
    long iteration,
    Duration due,
    Duration admitted,
    Duration began,
    Duration ended,
    Cause cause) {

  /** Why a part was late: the first of these that holds. */
  public enum Cause {
    /** What comes before it ended so late that it could not be in time any more. */
    PREDECESSORS("what is before it ended too late"),
    /** It waited so long for gates, permits, locks, a thread, or to be tried again. */
    WAITING("it waited too long to begin"),
    /** Its last attempt took longer than it was expected to. */
    WORK("its work took longer than expected");

    private final String words;

    Cause(String words) {
      this.words = words;
    }
  }

  /** Readings of a clock. */
  record Times(long due, long admitted, long began, long ended) {}

  /**
   * {@return a part that was late}
   *
   * @param origin when the iteration began, by the same clock
   * @param cost what an attempt was expected to take, in nanoseconds; 0 if nobody knew
   */
  static LatePart of(String part, long iteration, Times times, long origin, long cost) {
    return new LatePart(
        part,
        iteration,
        Duration.ofNanos(times.due - origin),
        Duration.ofNanos(times.admitted - origin),
        Duration.ofNanos(times.began - origin),
        Duration.ofNanos(times.ended - origin),
        cause(times, cost));
  }

  private static Cause cause(Times times, long cost) {
    long latestBeginning = times.due - cost;
    if (times.admitted - latestBeginning > 0) {
      return Cause.PREDECESSORS;
    }
    if (times.began - latestBeginning > 0) {
      return Cause.WAITING;
    }
    return Cause.WORK;
  }

  /** {@return how long after it was due it ended} */
  public Duration late() {
    return ended.minus(due);
  }

  /** {@return the part, how late it was and why, as text} */
  @Override
  public String toString() {
    return "%s by %s, as %s".formatted(part, ElapsedText.of(late()), cause.words);
  }
}
