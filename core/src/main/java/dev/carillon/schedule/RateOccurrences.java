package dev.carillon.schedule;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Occurrences on a grid of equal periods. */
final class RateOccurrences implements Occurrences {
  /*
   * `point` is the next place on the grid that has had no occurrence. However many places are past,
   * one division tells how many; a burst works them off one by one, remembering nothing else.
   */
  private final long origin; // the place on the grid that the wall clock's `start` stands for
  private final Instant start;
  private final long first;
  private final long period;
  private final Missed policy;

  private long point;
  private long due; // of the occurrence that has begun
  private long missed;

  RateOccurrences(FixedRate schedule, Clock clock) {
    this.origin = clock.nanos();
    this.start = clock.now();
    this.first = origin + Nanos.ahead(schedule.start());
    this.period = Nanos.ahead(schedule.period());
    this.policy = schedule.missed();
    this.point = first;
  }

  /** Continues behind an occurrence; if the wall clock was set back behind that, a period later. */
  RateOccurrences(FixedRate schedule, Clock clock, Instant after) {
    long now = clock.nanos();
    Instant wall = clock.now();
    this.start = after.isBefore(wall) ? after : wall;
    this.origin = now - Nanos.ahead(Duration.between(start, wall));
    this.period = Nanos.ahead(schedule.period());
    this.policy = schedule.missed();
    this.point = origin + period;
    this.first = next(now);
  }

  @Override
  public long first() {
    return Occurrences.after(first, 0);
  }

  @Override
  public long wake(long now) {
    long next = point;
    if (next - now <= 0) {
      due = next;
      if (policy == Missed.BURST) {
        point += period;
      } else {
        missed += passAll(now) - 1;
      }
    }
    return Occurrences.after(next, 0);
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
  public Instant due() {
    return start.plusNanos(due - origin);
  }

  @Override
  public Instant through() {
    return start.plusNanos(point - period - origin);
  }

  @Override
  public long missed() {
    return missed;
  }
}
