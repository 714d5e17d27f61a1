package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deadlines: the order that they make, and what becomes of those that pass. */
@Covers("C23")
class DeadlineTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void deadlines_inOneBand_earliestFirstAndEqualOnesInOrder() {
    try (var manual = new ManualScheduler()) {
      manual.submit("c", t -> t.deadline(ms(30)));
      manual.submit("a", t -> t.deadline(ms(10)));
      manual.submit("b1", t -> t.deadline(ms(20)));
      manual.submit("b2", t -> t.deadline(ms(20)));
      manual.submit("b3", t -> t.deadline(ms(20)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("a", "b1", "b2", "b3", "c");
    }
  }

  @Test
  @Covers({"C21", "C23"})
  void deadlines_inTwoBands_higherBandFirst() {
    try (var manual = new ManualScheduler()) {
      manual.submit("low", t -> t.deadline(ms(1)));
      manual.submit("high", TaskOptions::high);
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("high", "low");
    }
  }

  @Test
  void noDeadline_countsAsDueAfterThePatience() {
    try (var manual = new ManualScheduler(c -> c.withPatience(ms(100)))) {
      manual.submit("patient", TaskOptions::high);
      manual.submit("after", t -> t.high().deadline(ms(101)));
      manual.submit("before", t -> t.high().deadline(ms(99)));
      manual.submit("low patient");
      manual.submit("low after", t -> t.deadline(ms(1_001)));
      manual.submit("low before", t -> t.deadline(ms(999)));
      manual.threads.runAll();
      assertThat(manual.ran)
          .containsExactly("before", "patient", "after", "low before", "low patient", "low after");
    }
  }

  @Test
  void late_run_runsAndIsCountedAsMissed() {
    try (var manual = new ManualScheduler()) {
      Event task = manual.submit("late", t -> t.deadline(ms(1)));
      manual.clock.advance(ms(2));
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(manual.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
    }
  }

  @Test
  void late_exactlyAtTheDeadline_isInTime() {
    try (var manual = new ManualScheduler()) {
      Event task = manual.submit("on time", t -> t.deadline(ms(2)).late(Late.DROP));
      manual.clock.advance(ms(2));
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(manual.stats().missed()).isEmpty();
    }
  }

  @Test
  void late_drop_isPoisonedWithoutRunning() {
    try (var manual = new ManualScheduler()) {
      Event task = manual.submit("late", t -> t.deadline(ms(1)).late(Late.DROP));
      manual.clock.advance(ms(2));
      manual.threads.runAll();
      assertThat(manual.ran).isEmpty();
      assertThat(task.poison().orElseThrow().reason())
          .contains("before its deadline or be dropped", "late #0", "PT0.001S", "PT0.002S");
      assertThat(manual.stats().dropped()).isEqualTo(1);
      assertThat(manual.stats().failed()).isEqualTo(1);
      assertThat(manual.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
    }
  }

  @Test
  void late_downgrade_runsAfterThoseThatCanBeInTime() {
    try (var manual = new ManualScheduler()) {
      manual.submit("late", t -> t.high().deadline(ms(1)).late(Late.DOWNGRADE));
      manual.submit("low", t -> t.deadline(ms(500)));
      manual.clock.advance(ms(2));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("low", "late");
      assertThat(manual.stats().downgraded()).isEqualTo(1);
      assertThat(manual.stats().missed()).isEqualTo(Map.of(TaskPhase.QUEUED, 1L));
    }
  }

  @Test
  void late_downgradeOfOneThatIsWaitedFor_keepsItsUrgency() {
    try (var manual = new ManualScheduler()) {
      Event late = manual.submit("late", t -> t.deadline(ms(1)).late(Late.DOWNGRADE));
      manual.submit("high", t -> t.high().after(late));
      manual.submit("low", t -> t.deadline(ms(500)));
      manual.clock.advance(ms(2));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("late", "high", "low");
    }
  }

  @Test
  void missed_inEachPhase_isCountedWithItsCause() throws Exception {
    try (var manual = new ManualScheduler(c -> c.withResource("r", 1))) {
      Event open = manual.scheduler.events().newEvent();
      manual.submit("preconditions", t -> t.deadline(ms(5)).after(open));
      manual.clock.advance(ms(10));
      open.trigger();
      manual.threads.runAll();
      missed(manual, Map.of(TaskPhase.PRECONDITIONS, 1L));

      manual.scheduler.submit(t -> t.deadline(ms(5)), () -> manual.clock.advance(ms(10)));
      manual.threads.runAll();
      missed(manual, Map.of(TaskPhase.PRECONDITIONS, 1L, TaskPhase.RUNNING, 1L));

      manual.scheduler.submit(t -> t.high().key("k"), () -> manual.clock.advance(ms(10)));
      manual.submit("key", t -> t.high().key("k").deadline(ms(5)));
      manual.threads.runAll();
      missed(manual, Map.of(TaskPhase.PRECONDITIONS, 1L, TaskPhase.RUNNING, 1L, TaskPhase.KEY, 1L));

      try (LockLease lease = manual.scheduler.locks().acquire("l")) {
        manual.submit("locks", t -> t.deadline(ms(5)).needs("r", 1).locks("l"));
        manual.submit("permits", t -> t.deadline(ms(5)).needs("r", 1));
        manual.threads.runAll();
        manual.clock.advance(ms(10));
        assertThat(lease.id()).isEqualTo("l");
      }
      manual.threads.runAll();
      int[] attempts = {0};
      manual.scheduler.submit(
          t -> t.deadline(ms(50)).retry(Retry.DEFAULT.withBackoff(Backoff.fixed(ms(40)))),
          () -> {
            if (attempts[0]++ == 0) {
              throw new IllegalStateException("once");
            }
          });
      manual.threads.runAll();
      manual.clock.jump(ms(60));
      manual.threads.runAll();
      missed(
          manual,
          Map.of(
              TaskPhase.PRECONDITIONS, 1L,
              TaskPhase.RUNNING, 1L,
              TaskPhase.KEY, 1L,
              TaskPhase.LOCKS, 1L,
              TaskPhase.PERMITS, 1L,
              TaskPhase.BACKOFF, 1L));
    }
  }

  private static void missed(ManualScheduler manual, Map<TaskPhase, Long> expected) {
    assertThat(manual.stats().missed()).isEqualTo(expected);
  }

  @Test
  void admission_moreThanCanBeFinished_isRefusedUntilThereIsRoom() {
    try (var manual = new ManualScheduler(c -> c.withAdmission(0.5))) {
      manual.submit("fits", t -> t.deadline(ms(100)).cost(ms(40)));
      Event refused = manual.submit("refused", t -> t.deadline(ms(100)).cost(ms(20)));
      manual.submit("no promise", t -> t.cost(ms(1_000)));
      assertThat(refused.poison().orElseThrow().reason())
          .contains("a queue must be able to finish what it admits", "PT0.02S", "PT0.1S", "0.5");
      assertThat(manual.stats().rejected()).isEqualTo(1);
      manual.threads.runAll();
      manual.submit("fits now", t -> t.deadline(ms(100)).cost(ms(50)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("fits", "no promise", "fits now");
    }
  }
}
