package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What becomes of tasks that are late, and where their deadlines found them. */
class LateTest {
  @Test
  void late_withRun_runsAndIsCountedAsMissed() {
    try (var hand = new ManualScheduler()) {
      Event task = hand.submit("a", t -> t.deadline(millis(10)));
      hand.advance(20);
      hand.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
      assertThat(hand.stats().dropped() + hand.stats().downgraded()).isZero();
    }
  }

  @Test
  void late_withDrop_poisonsWithoutRunningAndLetsTheKeyGoOn() {
    try (var hand = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      Event dropped =
          hand.submit("a", t -> t.key("k").needs("gpu", 1).deadline(millis(10)).late(Late.DROP));
      hand.submit("b", t -> t.key("k").needs("gpu", 1));
      hand.advance(20);
      hand.runAll();
      assertThat(ManualScheduler.poison(dropped))
          .contains("a task must start before its deadline or be dropped")
          .contains("task=a #0, deadline=PT0.01S, now=PT0.02S");
      assertThat(hand.ran).containsExactly("b");
      assertThat(hand.stats().dropped()).isEqualTo(1);
      assertThat(hand.stats().failed()).isEqualTo(1);
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
    }
  }

  @Test
  void onTime_withDrop_runs() {
    try (var hand = new ManualScheduler()) {
      hand.submit("a", t -> t.deadline(millis(10)).late(Late.DROP));
      hand.advance(10);
      hand.runAll();
      assertThat(hand.ran).containsExactly("a");
      assertThat(hand.stats().dropped()).isZero();
      assertThat(hand.stats().missed()).isEmpty();
    }
  }

  @Test
  void late_withDowngrade_runsAfterWhatCanBeOnTime() {
    try (var hand = new ManualScheduler(c -> c.withBands(3))) {
      Event late = hand.submit("late", t -> t.high().deadline(millis(10)).late(Late.DOWNGRADE));
      hand.advance(20);
      hand.submit("low", t -> t.low());
      hand.submit("high", t -> t.high());
      hand.runAll();
      assertThat(hand.ran).containsExactly("high", "low", "late");
      assertThat(late.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(hand.stats().downgraded()).isEqualTo(1);
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
    }
  }

  @Test
  void late_withDowngradeAndPermits_givesThemToWhatCanBeOnTime() {
    try (var hand =
        new ManualScheduler(c -> c.withBands(3).withCpuThreads(2).withResource("gpu", 1))) {
      hand.submit(
          "holder",
          t -> t.high().deadline(millis(1)).needs("gpu", 1),
          () -> {
            hand.step(); // the late one asks, and waits
            hand.submit("low", t -> t.low().needs("gpu", 1));
            hand.advance(20);
          });
      hand.submit("late", t -> t.high().needs("gpu", 1).deadline(millis(10)).late(Late.DOWNGRADE));
      hand.runAll();
      assertThat(hand.ran).containsExactly("holder", "low", "late");
      assertThat(hand.stats().downgraded()).isEqualTo(1);
    }
  }

  @Test
  void late_downgradeOfOneThatIsWaitedFor_keepsItsUrgency() {
    try (var hand = new ManualScheduler()) {
      Event late = hand.submit("late", t -> t.deadline(millis(1)).late(Late.DOWNGRADE));
      hand.submit("high", t -> t.high().after(late));
      hand.submit("low", t -> t.deadline(millis(500)));
      hand.advance(2);
      hand.runAll();
      assertThat(hand.ran).containsExactly("late", "high", "low");
    }
  }

  @Test
  void downgrade_ofAHolder_keepsTheUrgencyOfItsWaiters() throws Exception {
    var bench = new ManualScheduler();
    LockLease lease = bench.locks.acquire("a");
    bench.submit("holder", t -> t.locks("a").deadline(seconds(1)).late(Late.DOWNGRADE));
    bench.runAll();
    bench.submit("urgent", t -> t.high().locks("a").deadline(seconds(5)));
    bench.runAll();
    bench.clock.advance(seconds(2));
    lease.close();
    for (int i = 0; i < 3; i++) {
      bench.submit("busy", t -> t.high().deadline(seconds(30)));
    }
    bench.runAll();
    assertThat(bench.ran).startsWith("holder", "urgent");
  }

  @Test
  void missed_whenPreconditionsTookTooLong_namesThem() {
    try (var hand = new ManualScheduler()) {
      Event before = hand.scheduler.events().newEvent();
      hand.submit("a", t -> t.after(before).deadline(millis(10)));
      hand.advance(20);
      before.trigger();
      hand.runAll();
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.PRECONDITIONS, 1L));
    }
  }

  @Test
  void missed_whenTheKeyWasTaken_namesTheKey() {
    try (var hand = new ManualScheduler()) {
      hand.submit("first", t -> t.high().key("k"), () -> hand.advance(20));
      hand.submit("second", t -> t.key("k").deadline(millis(10)));
      hand.runAll();
      assertThat(hand.ran).containsExactly("first", "second");
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.KEY, 1L));
    }
  }

  @Test
  void missed_whenPermitsWereTaken_namesPermits() {
    assertThat(missedBehindHolder(t -> t.needs("gpu", 1))).isEqualTo(Map.of(TaskPhase.PERMITS, 1L));
  }

  @Test
  void missed_whenLockWasTaken_namesLocks() {
    assertThat(missedBehindHolder(t -> t.locks("a"))).isEqualTo(Map.of(TaskPhase.LOCKS, 1L));
  }

  private static Map<TaskPhase, Long> missedBehindHolder(UnaryOperator<TaskOptions> needs) {
    try (var hand = new ManualScheduler(c -> c.withCpuThreads(2).withResource("gpu", 1))) {
      hand.submit(
          "holder",
          t -> needs.apply(t.high()),
          () -> {
            hand.step(); // the other asks, and waits
            hand.advance(20);
          });
      hand.submit("other", t -> needs.apply(t.deadline(millis(10))));
      hand.runAll();
      assertThat(hand.ran).containsExactly("holder", "other");
      return hand.stats().missed();
    }
  }

  @Test
  void missed_inBackoff_namesBackoff() {
    try (var hand = new ManualScheduler()) {
      var attempts = new int[1];
      hand.submit(
          "a",
          t -> t.deadline(millis(10)).retry(Retry.of(r -> r.withBackoff(Backoff.fixed(millis(5))))),
          () -> {
            if (++attempts[0] == 1) {
              throw new IllegalStateException("not yet");
            }
          });
      hand.runAll();
      hand.clock.jump(millis(20));
      hand.runAll();
      assertThat(hand.stats().succeeded()).isEqualTo(1);
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.BACKOFF, 1L));
    }
  }

  @Test
  void missed_asItRan_namesRunning() {
    try (var hand = new ManualScheduler()) {
      hand.submit("a", t -> t.deadline(millis(10)), () -> hand.advance(20));
      hand.runAll();
      assertThat(hand.stats().missed()).isEqualTo(Map.of(TaskPhase.RUNNING, 1L));
    }
  }
}
