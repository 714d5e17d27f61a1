package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How urgency reaches what a task waits for, and who chooses the band. */
class PriorityTest {
  @Test
  void deadline_ofTheEndOfAChain_reachesItsBeginningLessTheCosts() {
    try (var hand = new ManualScheduler()) {
      Event a = hand.submit("a", t -> t);
      Event b = hand.submit("b", t -> t.after(a).cost(millis(20)));
      hand.submit("c", t -> t.after(b).cost(millis(10)).deadline(millis(100)));
      for (int due : new int[] {95, 85, 75, 65}) {
        hand.submit("" + due, t -> t.deadline(millis(due)));
      }
      hand.runAll();
      assertThat(hand.ran).containsExactly("65", "a", "75", "85", "b", "95", "c");
    }
  }

  @Test
  void deadline_ofADiamond_reachesItsBeginningByTheLongerSide() {
    try (var hand = new ManualScheduler()) {
      Event a = hand.submit("a", t -> t);
      Event b = hand.submit("b", t -> t.after(a).cost(millis(5)));
      Event c = hand.submit("c", t -> t.after(a).cost(millis(30)));
      hand.submit("d", t -> t.after(b, c).cost(millis(10)).deadline(millis(100)));
      for (int due : new int[] {61, 59}) {
        hand.submit("" + due, t -> t.deadline(millis(due)));
      }
      hand.runAll();
      assertThat(hand.ran).containsExactly("59", "a", "61", "b", "c", "d");
    }
  }

  @Test
  void band_ofTheEndOfAChain_reachesItsBeginning() {
    try (var hand = new ManualScheduler()) {
      Event a = hand.submit("a", t -> t);
      Event b = hand.submit("b", t -> t.after(a));
      hand.submit("other", t -> t.deadline(millis(1)));
      hand.submit("c", t -> t.after(b).high());
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b", "c", "other");
    }
  }

  @Test
  void key_firstIsAsUrgentAsThoseBehind() {
    try (var hand = new ManualScheduler()) {
      hand.submit("first", t -> t.key("k"));
      hand.submit("second", t -> t.key("k"));
      hand.submit("other", t -> t.deadline(millis(1)));
      hand.submit("third", t -> t.key("k").high());
      hand.runAll();
      assertThat(hand.ran).containsExactly("first", "second", "third", "other");
    }
  }

  @Test
  void key_whenOneBehindIsExpedited_allBeforeItMakeWay() {
    try (var hand = new ManualScheduler()) {
      hand.submit("first", t -> t.key("k"));
      hand.submit("second", t -> t.key("k"));
      hand.submit("third", t -> t.key("k"));
      Event fourth = hand.submit("fourth", t -> t.key("k"));
      hand.submit("other", t -> t.deadline(millis(1)));
      hand.step(); // the other; now all stand behind the first
      hand.submit("another", t -> t.deadline(millis(1)));
      assertThat(hand.scheduler.expedite(fourth, Band.HIGH, millis(5))).isTrue();
      hand.runAll();
      assertThat(hand.ran)
          .containsExactly("other", "first", "second", "third", "fourth", "another");
    }
  }

  @Test
  void key_whenTheMostUrgentBehindIsCancelled_thoseBeforeItKeepTheirs() {
    try (var hand = new ManualScheduler(c -> c.withBands(3))) {
      hand.submit("one", t -> t.band(new Band(2)).deadline(millis(1)));
      hand.submit("first", t -> t.band(new Band(2)).key("k").deadline(millis(2)));
      hand.submit("second", t -> t.band(new Band(2)).key("k"));
      hand.submit("third", t -> t.band(Band.LOW).key("k"));
      Event urgent = hand.submit("urgent", t -> t.high().key("k"));
      hand.stats(); // looks at the queue, so that all stand behind the first
      urgent.poison("not wanted any more");
      hand.runAll();
      // what the first has inherited it keeps
      assertThat(hand.ran).containsExactly("first", "second", "third", "one");
    }
  }

  @Test
  void expedite_aWaitingTask_raisesItAndWhatItWaitsFor() {
    try (var hand = new ManualScheduler()) {
      hand.submit("other", t -> t.deadline(millis(1)));
      Event a = hand.submit("a", t -> t);
      Event b = hand.submit("b", t -> t.after(a));
      assertThat(hand.scheduler.expedite(b, Band.HIGH, millis(50))).isTrue();
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b", "other");
    }
  }

  @Test
  void expedite_withLessUrgency_changesNothing() {
    try (var hand = new ManualScheduler()) {
      Event a = hand.submit("a", t -> t.high().deadline(millis(5)));
      hand.submit("b", t -> t.high().deadline(millis(10)));
      assertThat(hand.scheduler.expedite(a, Band.LOW, Duration.ofSeconds(1))).isTrue();
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b");
    }
  }

  @Test
  void expedite_whatDoesNotWait_returnsFalse() {
    try (var hand = new ManualScheduler()) {
      var self = new Event[1];
      var answer = new boolean[] {true};
      self[0] =
          hand.submit(
              "a",
              t -> t,
              () -> answer[0] = hand.scheduler.expedite(self[0], Band.HIGH, millis(1)));
      hand.runAll();
      assertThat(answer[0]).as("as it runs").isFalse();
      assertThat(hand.scheduler.expedite(self[0], Band.HIGH, millis(1))).as("over").isFalse();
      Event foreign = hand.scheduler.events().newEvent();
      assertThat(hand.scheduler.expedite(foreign, Band.HIGH, millis(1))).as("foreign").isFalse();
      foreign.trigger();
    }
  }

  @Test
  void ageing_whenReadyForLong_movesToTheHighestBand() {
    try (var hand = new ManualScheduler(c -> c.withBands(4).withAgeing(Duration.ofSeconds(1)))) {
      hand.submit("old", t -> t.band(new Band(3)).deadline(Duration.ofSeconds(10)));
      hand.advance(1_500);
      hand.submit("young", t -> t.band(new Band(2)));
      hand.submit("high", t -> t.high().deadline(Duration.ofSeconds(60)));
      hand.runAll();
      assertThat(hand.ran).containsExactly("old", "high", "young");
      assertThat(hand.stats().bands().getFirst().promoted()).isEqualTo(1);
    }
  }

  @Test
  void weighed_byCandidate_choosesTheBand() {
    PriorityPolicy policy = PriorityPolicy.weighed(3);
    assertThat(policy.choose(candidate(10, 5, 0, 0))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(5, 5, 0, 0))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(10, 5, 3, 0))).isEqualTo(Band.HIGH);
    assertThat(policy.choose(candidate(10, 5, 2, 1))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(10, 5, 3, 1.5))).isEqualTo(Band.LOW);
    assertThat(policy.choose(candidate(-1, 5, 0, 2))).isEqualTo(Band.HIGH);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PriorityPolicy.weighed(0))
        .withMessage("manyDependents must be at least 1: manyDependents=0");
  }

  private static PriorityPolicy.Candidate candidate(
      int slack, int cost, int dependents, double scarcity) {
    return new PriorityPolicy.Candidate(
        "task", Band.LOW, millis(slack), millis(cost), dependents, scarcity);
  }

  @Test
  @Covers("C22")
  void weighed_withManyDependentsOrLittleTime_raisesTheTask() {
    try (var hand = new ManualScheduler(c -> c.withPriority(PriorityPolicy.weighed(2)))) {
      hand.submit("other", t -> t.deadline(millis(50)).cost(millis(1)));
      Event root = hand.submit("root", t -> t);
      hand.submit("urgent", t -> t.deadline(millis(90)).cost(millis(60)));
      hand.submit("b", t -> t.after(root));
      hand.submit("c", t -> t.after(root));
      hand.runAll();
      assertThat(hand.ran).containsExactly("urgent", "root", "other", "b", "c");
    }
  }

  @Test
  @Covers("C22")
  void policy_ofTheUsers_seesCostDependentsAndFreePermits() {
    PriorityPolicy policy =
        c ->
            c.cost().compareTo(millis(5)) > 0 || c.scarcity() > 0.5 || c.dependents() > 0
                ? Band.LOW
                : Band.HIGH;
    try (var hand = new ManualScheduler(c -> c.withPriority(policy).withResource("gpu", 4))) {
      hand.submit("dear", t -> t.cost(millis(6)));
      hand.submit("scarce", t -> t.needs("gpu", 3));
      hand.submit("cheap", t -> t.cost(millis(5)).needs("gpu", 2));
      hand.runAll();
      assertThat(hand.ran).containsExactly("cheap", "dear", "scarce");
    }
  }

  @Test
  void policy_thatThrows_leavesTheDeclaredBandAndIsLogged() {
    PriorityPolicy policy =
        c -> {
          throw new IllegalStateException("no idea");
        };
    try (var log = new CapturedLog("dev.carillon.schedule");
        var hand = new ManualScheduler(c -> c.withPriority(policy))) {
      Event before = hand.scheduler.events().newEvent();
      hand.submit("low", t -> t.after(before));
      hand.submit("high", t -> t.high());
      before.trigger();
      hand.runAll();
      assertThat(hand.ran).containsExactly("high", "low");
      assertThat(hand.stats().held()).isZero();
      assertThat(log.thrown()).anySatisfy(e -> assertThat(e).hasMessage("no idea"));
    }
  }
}
