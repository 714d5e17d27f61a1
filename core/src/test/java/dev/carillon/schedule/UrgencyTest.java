package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
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
      Event first = manual.submit("first", t -> t.cost(ms(10)));
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
      Event slow = manual.submit("slow", t -> t.high().deadline(ms(900)).cost(ms(50)).after(start));
      Event quick =
          manual.submit("quick", t -> t.high().deadline(ms(900)).cost(ms(1)).after(start));
      manual.submit("end", t -> t.high().deadline(ms(100)).cost(ms(10)).after(slow, quick));
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
  void expedite_oneThatWaits_takesItsPredecessorsAlong() {
    try (var manual = new ManualScheduler()) {
      Event first = manual.submit("first");
      Event second = manual.submit("second", t -> t.after(first));
      manual.submit("high", t -> t.high().deadline(ms(50)));
      assertThat(manual.scheduler.expedite(second, Band.HIGH, ms(10))).isTrue();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second", "high");
    }
  }

  @Test
  void band_ofTheEndOfAChain_reachesItsBeginning() {
    try (var manual = new ManualScheduler()) {
      Event a = manual.submit("a", t -> t);
      Event b = manual.submit("b", t -> t.after(a));
      manual.submit("other", t -> t.deadline(ms(1)));
      manual.submit("c", t -> t.after(b).high());
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("a", "b", "c", "other");
    }
  }

  @Test
  void expedite_withLessUrgency_changesNothing() {
    try (var manual = new ManualScheduler()) {
      Event a = manual.submit("a", t -> t.high().deadline(ms(5)));
      manual.submit("b", t -> t.high().deadline(ms(10)));
      assertThat(manual.scheduler.expedite(a, Band.LOW, Duration.ofSeconds(1))).isTrue();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("a", "b");
    }
  }

  @Test
  void expedite_whatDoesNotWait_returnsFalse() {
    try (var manual = new ManualScheduler()) {
      var self = new Event[1];
      var answer = new boolean[] {true};
      self[0] =
          manual.submit(
              "a", t -> t, () -> answer[0] = manual.scheduler.expedite(self[0], Band.HIGH, ms(1)));
      manual.threads.runAll();
      assertThat(answer[0]).as("as it runs").isFalse();
      assertThat(manual.scheduler.expedite(self[0], Band.HIGH, ms(1))).as("over").isFalse();
      Event foreign = manual.scheduler.events().newEvent();
      assertThat(manual.scheduler.expedite(foreign, Band.HIGH, ms(1))).as("foreign").isFalse();
      foreign.trigger();
    }
  }
}
