package dev.carillon.flow;

import dev.carillon.schedule.Late;
import dev.carillon.schedule.Retry;
import java.time.Duration;

/** What time attempts have: when no other is made, when one comes too late, and what they cost. */
final class AttemptTime {
  /** Says that no other attempt is made. */
  static final long NO_OTHER = -1;

  private AttemptTime() {}

  /** {@return the pause before another attempt, in nanoseconds; NO_OTHER if there is none} */
  static long nextDelay(Attempts of, int number, Throwable cause) {
    PartRules rules = of.rules;
    if (rules == null || !(rules.onError() instanceof OnError.Again<Object> again)) {
      return NO_OTHER;
    }
    Retry policy = again.policy();
    long elapsed = of.sinceAdmitted();
    long cost = expectedCost(of);
    try {
      return policy
          .nextDelay(number, cause, Duration.ofNanos(elapsed), Duration.ofNanos(cost))
          .filter(delay -> delay.compareTo(Duration.ofNanos(timeLeft(of, elapsed) - cost)) <= 0)
          .map(Duration::toNanos)
          .orElse(NO_OTHER);
    } catch (Throwable e) { // the user's predicate
      if (!e.equals(cause)) {
        cause.addSuppressed(e);
      }
      return NO_OTHER;
    }
  }

  /** {@return the time until the part has to have ended, by its bound and its deadline} */
  private static long timeLeft(Attempts of, long elapsed) {
    long within = of.rules == null ? 0 : of.rules.withinNanos();
    long byBound = within == 0 ? Long.MAX_VALUE : within - elapsed;
    long byDeadline =
        of.dueAt == Deadlines.NONE ? Long.MAX_VALUE : of.dueAt - of.unit.run.clock().nanos();
    return Math.min(byBound, byDeadline);
  }

  /** {@return what an attempt is expected to cost, in nanoseconds; 0 if nobody knows} */
  private static long expectedCost(Attempts of) {
    PartRules rules = of.rules;
    return rules != null && rules.costNanos() > 0
        ? rules.costNanos()
        : of.unit.run.costs().median(of.unit.part(of.node));
  }

  /**
   * Refuses an attempt that begins when its part is due, if that is what is to become of it.
   *
   * @throws DeadlineMissedException if it is not to be made
   */
  static void dropIfLate(Attempts of, long now) {
    if (of.rules != null
        && of.rules.late() == Late.DROP
        && of.dueAt != Deadlines.NONE
        && now - of.dueAt >= 0) {
      throw new DeadlineMissedException(
          "an attempt must begin before its part is due: part=%s, iteration=%d, late=%s"
              .formatted(of.shownName(), of.iteration, Duration.ofNanos(now - of.dueAt)));
    }
  }

  /** {@return whether it is of interest when a part has ended, and what it cost} */
  static boolean isKept(Attempts of) {
    return of.dueAt != Deadlines.NONE
        || (of.rules != null && of.rules.onError() instanceof OnError.Again);
  }

  /**
   * The last attempt has ended: tells of it if the part was due before, by what was known till now,
   * and remembers what it cost.
   *
   * @param began when it began; now, if none did
   */
  static void noteEnd(Attempts of, boolean isSuccess, long admitted, long began) {
    LocalRun<?> run = of.unit.run;
    long now = run.clock().nanos();
    if (of.dueAt != Deadlines.NONE && now - of.dueAt > 0) {
      var times = new LatePart.Times(of.dueAt, admitted, began, now);
      long origin = of.unit.iterations.beganAt(of.iteration);
      run.late().add(LatePart.of(of.shownName(), of.iteration, times, origin, expectedCost(of)));
    }
    if (isSuccess) {
      run.costs().add(of.unit.part(of.node), now - began);
    }
  }
}
