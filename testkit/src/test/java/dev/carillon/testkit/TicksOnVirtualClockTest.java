package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.source.Outlet;
import dev.carillon.source.Source;
import dev.carillon.source.Tick;
import dev.carillon.source.Ticks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A source of ticks on a clock that a test moves. */
class TicksOnVirtualClockTest {
  @Test
  @Covers({"C14"})
  void cron_overAWeekendInNoTime_ticksOnWorkingDays() throws Exception {
    var clock = new VirtualClock(Instant.parse("2026-11-20T00:00:00Z")); // a Friday
    List<Instant> due = new CopyOnWriteArrayList<>();
    try (var source =
        Source.open(
            Ticks.cron("0 30 6 * * MON-FRI", ZoneId.of("Europe/Berlin")),
            Outlet.<Tick>handler(item -> due.add(item.payload().due())),
            s -> s.withClock(clock).idleAfter(Duration.ofDays(1000)))) {
      source.start();
      assertThat(due).isEmpty();
      Patience.until(
          "the second tick",
          () -> {
            if (clock.alarms() > 1) { // one is that of idleness, the other the source's
              clock.advance(Duration.ofHours(1));
            }
            return due.size() == 2;
          });
    }
    assertThat(due)
        .containsExactly(
            Instant.parse("2026-11-20T05:30:00Z"), Instant.parse("2026-11-23T05:30:00Z"));
  }
}
