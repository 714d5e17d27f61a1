package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A policy chooses the band of a task from what is known of it. */
@Covers("C22")
class PriorityPolicyTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void weighed_noSlackLeft_isHigh() {
    try (var manual = new ManualScheduler(c -> c.withPriority(PriorityPolicy.weighed(3)))) {
      manual.submit("high", t -> t.high().deadline(ms(500)));
      manual.submit("relaxed", t -> t.deadline(ms(100)).cost(ms(49)));
      manual.submit("urgent", t -> t.deadline(ms(100)).cost(ms(50)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("urgent", "high", "relaxed");
    }
  }

  @Test
  void weighed_lowWithoutDeadlineWaitedLong_staysLow() {
    try (var manual = new ManualScheduler(c -> c.withPriority(PriorityPolicy.weighed(3)))) {
      Event ready = manual.scheduler.events().newEvent();
      manual.submit("low", t -> t.after(ready));
      manual.clock.advance(Duration.ofMinutes(1)); // its patience was 10 s
      manual.submit("high", t -> t.high().deadline(Duration.ofMinutes(1)));
      ready.trigger();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("high", "low");
    }
  }

  @Test
  void weighed_lowWithoutDeadlineBeforeOneThatIsLate_isHigh() {
    try (var manual = new ManualScheduler(c -> c.withPriority(PriorityPolicy.weighed(3)))) {
      Event ready = manual.scheduler.events().newEvent();
      Event low = manual.submit("low", t -> t.after(ready));
      manual.submit("dated", t -> t.deadline(ms(10)).after(low));
      manual.clock.advance(ms(11));
      manual.submit("high", t -> t.high().deadline(ms(500)));
      ready.trigger();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("low", "dated", "high");
    }
  }

  @Test
  void weighed_manyDependents_isHigh() {
    try (var manual = new ManualScheduler(c -> c.withPriority(PriorityPolicy.weighed(3)))) {
      Event few = manual.submit("few");
      Event many = manual.submit("many");
      for (Event before : Arrays.asList(few, few, many, many, many)) {
        manual.submit("after", t -> t.after(before));
      }
      manual.threads.runAll();
      assertThat(manual.ran.subList(0, 2)).containsExactly("many", "few");
    }
  }

  @Test
  void weighed_decisions_followTheRule() {
    PriorityPolicy policy = PriorityPolicy.weighed(3);
    assertThat(policy.choose(candidate(Band.HIGH, 9, 1, 0, 2))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(Band.HIGH, 1, 1, 0, 2))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(Band.LOW, 9, 1, 3, 1))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(Band.LOW, 9, 1, 2, 1))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(Band.LOW, 9, 1, 3, 1.5))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(Band.HIGH, 9, 1, 0, 0))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(Band.LOW, 9, 1, 0, 0))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(Band.LOW, 5, 5, 0, 0))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(Band.LOW, -1, 5, 0, 2))).isEqualTo(Band.HIGH);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PriorityPolicy.weighed(0))
        .withMessage("manyDependents must be at least 1: manyDependents=0");
  }

  private static PriorityPolicy.Candidate candidate(
      Band declared, long slack, long cost, int dependents, double scarcity) {
    return new PriorityPolicy.Candidate(
        "task", declared, ms(slack), ms(cost), dependents, scarcity);
  }

  @Test
  void custom_policyLowersABand_isFollowed() {
    try (var manual = new ManualScheduler(c -> c.withPriority(_ -> Band.LOW))) {
      manual.submit("declared high", t -> t.high().deadline(ms(20)));
      manual.submit("low", t -> t.deadline(ms(10)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("low", "declared high");
    }
  }

  @Test
  void custom_policy_seesWhatIsKnownAndDecides() {
    var seen = new ArrayList<PriorityPolicy.Candidate>();
    PriorityPolicy policy =
        candidate -> {
          seen.add(candidate);
          return candidate.name().startsWith("vip") ? Band.HIGH : candidate.declared();
        };
    try (var manual = new ManualScheduler(c -> c.withPriority(policy).withResource("r", 4))) {
      manual.submit("usual", t -> t.deadline(ms(10)).cost(ms(1)).needs("r", 2));
      manual.submit("vip");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("vip", "usual");
      assertThat(seen.getFirst())
          .isEqualTo(new PriorityPolicy.Candidate("usual", Band.LOW, ms(9), ms(1), 0, 0.5));
    }
  }

  @Test
  void policy_thatThrows_leavesTheDeclaredBandAndIsLogged() {
    PriorityPolicy policy =
        c -> {
          throw new IllegalStateException("no idea");
        };
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler(c -> c.withPriority(policy))) {
      Event before = manual.scheduler.events().newEvent();
      manual.submit("low", t -> t.after(before));
      manual.submit("high", t -> t.high());
      before.trigger();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("high", "low");
      assertThat(manual.stats().held()).isZero();
      assertThat(log.thrown()).anySatisfy(e -> assertThat(e).hasMessage("no idea"));
    }
  }

  @Test
  void policy_answersNull_declaredBandStays() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler(c -> c.withPriority(_ -> null))) {
      manual.submit("task");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("task");
      assertThat(log.messages()).isNotEmpty();
    }
  }
}
