package dev.carillon.schedule;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Occurrences where a cron expression says, on the wall clock. */
final class CronOccurrences implements Occurrences {
  /*
   * `point` is the next time on the grid that has had no occurrence. It is a time of the wall clock,
   * and that may be set while we wait. So no wait is longer than LONGEST_WAIT, and every look at
   * the clock compares it with the point again:
   *
   * - set forward past the point: the occurrence is due at once, and what else was passed is missed;
   * - set back by at most CORRECTION: we go on waiting for the same point, so no local time occurs
   *   twice;
   * - set back by more: it was wrong before, and the grid begins anew from the time it is now.
   *   Otherwise a clock that had once been years ahead would keep us silent for years.
   *
   * An occurrence is due when the wall clock says so, never when only the monotonic one does.
   */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  static final Duration CORRECTION = Duration.ofHours(3);

  // so many missed points are counted one by one, which takes some milliseconds; then none are
  static final int MOST_COUNTED = 100_000;

  private final CronSchedule schedule;
  private final Clock clock;
  private final long first;

  private Instant seen; // the wall clock at our last look
  private Instant point;
  private Instant due; // of the occurrence that has begun
  private Instant through; // the last point that was passed
  private long missed;

  CronOccurrences(CronSchedule schedule, Clock clock) {
    this.schedule = schedule;
    this.clock = clock;
    this.seen = clock.now();
    this.point = schedule.next(seen.plusNanos(Nanos.ahead(schedule.start())));
    this.due = seen;
    this.through = seen;
    this.first = deadline();
  }

  /** Continues behind an occurrence. */
  CronOccurrences(CronSchedule schedule, Clock clock, Instant after) {
    this.schedule = schedule;
    this.clock = clock;
    this.seen = after;
    this.point = schedule.next(after);
    this.due = after;
    this.through = after;
    this.first = next(clock.nanos());
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public long wake(long now) {
    look();
    if (point.isAfter(seen)) {
      return later(now);
    }
    due = point;
    if (schedule.missed() == Missed.BURST) {
      through = point;
      point = schedule.next(point);
    } else {
      missed += passAll() - 1;
    }
    return Occurrences.after(now, -Nanos.ahead(Duration.between(due, seen)));
  }

  @Override
  public long next(long finished) {
    look();
    if (schedule.missed() == Missed.SKIP && !point.isAfter(seen)) {
      missed += passAll();
    }
    return deadline();
  }

  private void look() {
    Instant now = clock.now();
    if (now.isBefore(seen.minus(CORRECTION))) {
      point = schedule.next(now);
    }
    seen = now;
  }

  /** {@return when to look again at the latest: at the point, if that is near} */
  private long deadline() {
    return Occurrences.after(clock.nanos(), untilNextLook());
  }

  /** {@return like {@link #deadline}, surely after a time} */
  private long later(long now) {
    return Occurrences.after(now, Math.max(1, untilNextLook()));
  }

  private long untilNextLook() {
    Duration left = Duration.between(seen, point);
    return Nanos.ahead(left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT);
  }

  /** Moves to the first point after the last look, and returns by how many. */
  private long passAll() {
    long passed = 0;
    while (!point.isAfter(seen)) {
      passed++;
      through = passed < MOST_COUNTED ? point : seen;
      point = schedule.next(through);
    }
    return passed;
  }

  @Override
  public Instant due() {
    return due;
  }

  @Override
  public Instant through() {
    return through;
  }

  @Override
  public long missed() {
    return missed;
  }
}
