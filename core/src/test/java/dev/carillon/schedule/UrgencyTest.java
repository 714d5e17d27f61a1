package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is waited for is as urgent as what waits for it. */
@Covers("C22")
class UrgencyTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void chain_urgentEnd_goesBackWithCostsSubtracted() {
    try (var manual = new ManualScheduler()) {
      Event first = manual.submit("first", t -> t.high().deadline(ms(900)).cost(ms(10)));
      Event second =
          manual.submit("second", t -> t.high().deadline(ms(900)).cost(ms(20)).after(first));
      manual.submit("third", t -> t.high().deadline(ms(100)).cost(ms(30)).after(second));
      manual.submit("at 49", t -> t.high().deadline(ms(49))); // 100 - 30 - 20 = 50 for the first
      manual.submit("at 51", t -> t.high().deadline(ms(51)));
      manual.submit("at 71", t -> t.high().deadline(ms(71)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("at 49", "first", "at 51", "second", "at 71", "third");
    }
  }

  @Test
  void diamond_branchesDiffer_startTakesTheEarliest() {
    try (var manual = new ManualScheduler()) {
      Event start = manual.submit("start", t -> t.high().deadline(ms(900)));
      Event slow = manual.submit("slow", t -> t.high().deadline(ms(900)).cost(ms(60)).after(start));
      Event quick =
          manual.submit("quick", t -> t.high().deadline(ms(900)).cost(ms(1)).after(start));
      manual.submit("end", t -> t.high().deadline(ms(100)).after(slow, quick));
      manual.submit("at 39", t -> t.high().deadline(ms(39)));
      manual.submit("at 41", t -> t.high().deadline(ms(41)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("at 39", "start", "at 41", "slow", "quick", "end");
    }
  }

  @TestFactory
  Stream<DynamicTest> randomGraph_effectiveDeadlines_areTheMinimum() {
    return Property.check("d'(n) = min(d(n), d'(s) - cost(s))", 200, UrgencyTest::checkGraph);
  }

  private static void checkGraph(Gen gen) {
    int size = gen.intBetween(1, 60);
    long[] due = new long[size];
    long[] declared = new long[size];
    long[] cost = new long[size];
    int[] band = new int[size];
    List<List<Integer>> before = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    try (var manual = new ManualScheduler(c -> c.withBands(4))) {
      for (int i = 0; i < size; i++) {
        int number = i;
        due[i] = gen.longBetween(100, 10_000);
        declared[i] = due[i];
        cost[i] = gen.longBetween(0, 100);
        band[i] = gen.intBetween(0, 3);
        before.add(
            i == 0
                ? List.of()
                : gen.listOf(0, 4, g -> g.intBetween(Math.max(0, number - 8), number - 1)));
        Event[] after = before.get(i).stream().map(events::get).toArray(Event[]::new);
        events.add(
            manual.submit(
                "t" + i,
                t ->
                    t.band(new Band(band[number]))
                        .deadline(Duration.ofNanos(declared[number]))
                        .cost(Duration.ofNanos(cost[number] + 1))
                        .after(after)));
      }
      for (int i = size - 1; i >= 0; i--) {
        for (int p : before.get(i)) {
          due[p] = Math.min(due[p], due[i] - cost[i] - 1);
          band[p] = Math.min(band[p], band[i]);
        }
      }
      for (int i = 0; i < size; i++) {
        List<String> reasons = manual.scheduler.explain(events.get(i)).reasons();
        if (due[i] < declared[i]) {
          assertThat(reasons)
              .contains("others that wait for it want it in " + Duration.ofNanos(due[i]));
        } else {
          assertThat(reasons).noneMatch(reason -> reason.startsWith("others"));
        }
        if (before.get(i).isEmpty()) {
          assertThat(reasons.getFirst()).startsWith("is in band " + new Band(band[i]) + ",");
        }
      }
      manual.threads.runAll();
      assertThat(manual.ran).hasSize(size);
    }
  }

  @Test
  void lock_heldByOneWaitingForAThread_holderInheritsTheWaitersUrgency() throws Exception {
    try (var manual = new ManualScheduler()) {
      LockLease lease = manual.scheduler.locks().acquire("l");
      manual.submit("holder", t -> t.locks("l"));
      manual.threads.runAll();
      manual.submit("low", t -> t.deadline(ms(1)));
      manual.submit("high", t -> t.high().locks("l"));
      lease.close();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("holder", "high", "low");
    }
  }

  @Test
  void expedite_oneThatWaits_takesItsPredecessorsAlong() {
    try (var manual = new ManualScheduler()) {
      Event first = manual.submit("first");
      Event second = manual.submit("second", t -> t.after(first));
      manual.submit("high", t -> t.high().deadline(ms(50)));
      assertThat(manual.scheduler.expedite(second, Band.HIGH, ms(10))).isTrue();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second", "high");
      assertThat(manual.scheduler.expedite(second, Band.HIGH, ms(10))).isFalse();
    }
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
    assertThat(policy.choose(candidate(Band.HIGH, 9, 1, 0, 0))).isEqualTo(Band.HIGH);
    assertThatIllegalArgumentException().isThrownBy(() -> PriorityPolicy.weighed(0));
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
}
