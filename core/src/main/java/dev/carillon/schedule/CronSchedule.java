package dev.carillon.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;

/** See {@link Schedule#cron}. */
record CronSchedule(Cron cron, ZoneId zone, Duration start, Missed missed)
    implements Schedule.Grid {
  CronSchedule {
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(missed, "missed");
  }

  /** {@return the first occurrence after a time} */
  Instant next(Instant after) {
    return cron.next(after.atZone(zone)).toInstant();
  }

  @Override
  public CronSchedule missed(Missed newMissed) {
    return new CronSchedule(cron, zone, start, newMissed);
  }

  @Override
  public CronSchedule startingAfter(Duration newStart) {
    return new CronSchedule(cron, zone, newStart, missed);
  }
}
