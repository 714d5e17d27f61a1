package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.schedule.Schedule;
import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers as sources. */
class TicksTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualClock clock = new ManualClock(7, NOON);
  private final List<Tick> ticks = new CopyOnWriteArrayList<>();

  private static Ticks hourly(Missed missed) {
    return Ticks.cron("@hourly", ZoneOffset.UTC, missed);
  }

  private static Instant hour(int hours) {
    return NOON.plus(HOUR.multipliedBy(hours));
  }

  private Source<Tick> open(Ticks kind, Positions positions) {
    return Source.open(
        kind,
        Outlet.<Tick>handler(item -> ticks.add(item.payload())),
        s ->
            s.withClock(clock)
                .withPositions(positions)
                .idleAfter(Duration.ofDays(100))
                .saveEvery(Duration.ZERO));
  }

  private void awaitTicks(int number) {
    await().atMost(Patience.LONG).until(() -> ticks.size() >= number);
  }

  /** Waits until the source waits for the clock: for its next tick, or its next look. */
  private void awaitWaiting(Duration left) {
    await().atMost(Patience.LONG).until(() -> clock.isAlarmSetIn(left));
  }

  @Test
  @Covers({"C14"})
  void every_onASimulatedClock_ticksOnTheGrid() {
    try (var source = open(Ticks.every(HOUR), Positions.inMemory())) {
      source.start();
      awaitTicks(1);
      for (int i = 1; i <= 3; i++) {
        awaitWaiting(HOUR);
        clock.advance(HOUR);
        awaitTicks(i + 1);
      }
      assertThat(ticks)
          .containsExactly(
              new Tick(1, NOON, NOON, 0),
              new Tick(2, hour(1), hour(1), 0),
              new Tick(3, hour(2), hour(2), 0),
              new Tick(4, hour(3), hour(3), 0));
    }
  }

  @Test
  @Covers({"C14", "C29"})
  void cron_intoATopic_carriesItsTimeAndPosition() {
    List<Message<Tick>> messages = new CopyOnWriteArrayList<>();
    Topic<Tick> topic = Topic.of("shop.opens", Tick.class);
    try (var bus = Bus.open()) {
      bus.subscribe(topic, messages::add);
      try (var source =
          Source.open(
              hourly(Missed.SKIP),
              Outlet.to(bus, topic),
              s -> s.named("opening").withClock(clock).idleAfter(Duration.ofDays(100)))) {
        source.start();
        awaitWaiting(Duration.ofMinutes(1));
        clock.advance(HOUR);
        await().atMost(Patience.LONG).until(() -> !messages.isEmpty());
        assertThat(messages.getFirst().headers())
            .containsEntry(Origin.SOURCE, "opening")
            .containsEntry(Origin.KIND, "ticks")
            .containsEntry(Origin.TIME, hour(1).toString())
            .containsEntry(Origin.POSITION, hour(1) + " 1");
      }
    }
  }

  @Test
  @Covers({"C14"})
  void slowHandler_missesTicksAndQueuesNone() {
    var free = new Semaphore(0);
    var begun = new Semaphore(0);
    try (var source =
        Source.open(
            Ticks.every(HOUR),
            Outlet.<Tick>handler(item -> {
              ticks.add(item.payload());
              begun.release();
              free.acquire();
            }),
            s -> s.withClock(clock).idleAfter(Duration.ofDays(100)))) {
      source.start();
      begun.acquireUninterruptibly();
      clock.advance(HOUR.multipliedBy(1_000_000).plusMinutes(1));
      assertThat(source.stats().underWay()).isEqualTo(1);
      free.release();
      awaitWaiting(Duration.ofMinutes(59));
      clock.advance(Duration.ofMinutes(59));
      awaitTicks(2);
      free.release();
      assertThat(ticks.get(1)).isEqualTo(new Tick(2, hour(1_000_001), hour(1_000_001), 1_000_000));
      assertThat(source.stats().taken()).isEqualTo(2);
    }
  }

  @Test
  void pause_missesTicks() {
    try (var source = open(Ticks.every(HOUR), Positions.inMemory())) {
      source.start();
      awaitTicks(1);
      awaitWaiting(HOUR);
      source.pause();
      clock.advance(HOUR.multipliedBy(3).plusMinutes(1));
      source.resume();
      awaitTicks(2);
      assertThat(ticks.get(1)).isEqualTo(new Tick(2, hour(1), hour(3).plusSeconds(60), 2));
    }
  }

  @Test
  void restart_byRule_makesUpForWhatWasMissedOnce(@TempDir Path directory) {
    restart(directory, Missed.SKIP);
    assertThat(ticks).isEmpty();
    restart(directory, Missed.COALESCE);
    assertThat(ticks).containsExactly(new Tick(2, hour(2), hour(4).plusSeconds(60), 2));
    ticks.clear();
    restart(directory, Missed.BURST);
    assertThat(ticks).extracting(Tick::due).containsExactly(hour(2), hour(3), hour(4));
    assertThat(ticks).extracting(Tick::number).containsExactly(2L, 3L, 4L);
  }

  /** Runs until 13:00, starts again at 16:01, and lets what is due be handled; then once more. */
  private void restart(Path directory, Missed missed) {
    Positions positions = Positions.inDirectory(directory.resolve(missed.name()), false);
    clock.setWall(NOON);
    try (var source = open(hourly(missed), positions)) {
      source.start();
      awaitWaiting(Duration.ofMinutes(1));
      clock.advance(HOUR);
      awaitTicks(1);
      await().atMost(Patience.LONG).until(() -> source.position().isPresent());
      assertThat(source.position()).contains(hour(1) + " 1");
    }
    ticks.clear();
    clock.setWall(hour(4).plusSeconds(60));
    for (int i = 0; i < 2; i++) { // the second start finds nothing to make up for
      try (var source = open(hourly(missed), positions)) {
        source.start();
        awaitWaiting(Duration.ofMinutes(1));
      }
    }
  }

  @Test
  void firstTick_thatFails_isToldAgainAndThoseBehindIt() throws Exception {
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                hourly(Missed.BURST),
                Outlet.<Tick>handler(item -> {
                  ticks.add(item.payload());
                  if (ticks.size() == 1) {
                    throw new IllegalStateException("as it should");
                  }
                }),
                s ->
                    s.withClock(clock)
                        .idleAfter(Duration.ofDays(100))
                        .withRestart(Failing.SOON)
                        .onItemFailure(OnItemFailure.STOP))) {
      source.start();
      awaitWaiting(Duration.ofMinutes(1));
      clock.advance(HOUR);
      Patience.until(
          "it was told again, and the next one",
          () -> {
            clock.advance(Duration.ofSeconds(10));
            return ticks.size() >= 3;
          });
      assertThat(ticks).extracting(Tick::due).containsExactly(hour(1), hour(1), hour(2));
      assertThat(ticks).extracting(Tick::number).containsExactly(1L, 1L, 2L);
    }
  }

  @Test
  void overlapping_severalAtATime_doNotWaitForEachOther() throws InterruptedException {
    var three = new CountDownLatch(3);
    try (var source =
        Source.open(
            Ticks.every(Duration.ofMillis(1)).overlapping(),
            Outlet.<Tick>concurrent(
                3,
                _ -> {
                  three.countDown();
                  three.await();
                }),
            s -> s.withWindow(3))) {
      source.start();
      Patience.await(three);
      assertThat(source.stats().underWay()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void position_thatIsNone_failsAndSaysSo() {
    Positions positions = Positions.inMemory();
    positions.save("ticks", "yesterday");
    try (var source = open(Ticks.on(Schedule.fixedDelay(HOUR)), positions)) {
      source.start();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow())
          .hasMessage("a position of ticks must be a time and a number: position=\"yesterday\"");
    }
  }

  @Test
  void cron_thatIsNone_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ticks.cron("0 0 25 * * *", ZoneOffset.UTC))
        .withMessageContaining("hour must be 0 to 23");
    assertThatIllegalArgumentException().isThrownBy(() -> Ticks.every(Duration.ZERO));
  }
}
