package dev.carillon.schedule;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.time.Clock;

/** Occurrences on a grid of equal periods. */
final class RateOccurrences implements Occurrences {
  /*
   * `point` is the next place on the grid that has had no occurrence. However many places are past,
   * one division tells how many; a burst works them off one by one, remembering nothing else.
   */
  private final long first;
  private final long period;
  private final Missed policy;

  private long point;
  private long missed;

  RateOccurrences(FixedRate schedule, Clock clock) {
    this.first = clock.nanos() + Nanos.ahead(schedule.start());
    this.period = Nanos.ahead(schedule.period());
    this.policy = schedule.missed();
    this.point = first;
  }

  @Override
  public long first() {
    return Occurrences.after(first, 0);
  }

  @Override
  public long wake(long now) {
    long due = point;
    if (due - now <= 0) {
      if (policy == Missed.BURST) {
        point += period;
      } else {
        missed += passAll(now) - 1;
      }
    }
    return Occurrences.after(due, 0);
  }

  @Override
  public long next(long finished) {
    if (policy == Missed.SKIP && point - finished <= 0) {
      missed += passAll(finished);
    }
    return Occurrences.after(point, 0);
  }

  /** Moves to the first point after a time, the next being past, and returns by how many. */
  private long passAll(long now) {
    long passed = (now - point) / period + 1;
    point += passed * period;
    return passed;
  }

  @Override
  public long missed() {
    return missed;
  }
}
