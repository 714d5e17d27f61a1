package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.schedule.Placement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the timeline of a run has that really ran. */
class TimelineRunTest {

  private static Timeline timeline(FlowLab lab, Cycle<Done, ?> cycle) throws Exception {
    Run<?> run = lab.flow.start(cycle, Done.DONE, RunOptions::traced);
    run.await();
    return run.timeline();
  }

  private static List<String> attempts(Timeline timeline) {
    return timeline.spans().stream()
        .map(span -> span.part() + span.attempt() + (span.ok() ? "" : " failed"))
        .sorted()
        .toList();
  }

  @Test
  void timeline_hasEachAttempt_onPoolsAndTurns() throws Exception {
    try (var lab = new FlowLab()) {
      var tried = new AtomicInteger();
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                Out<Integer> flaky =
                    c.part(
                            "flaky",
                            () -> {
                              if (tried.incrementAndGet() < 3) {
                                throw new FlowLab.Broken("not yet");
                              }
                              return 1;
                            })
                        .onError(OnError.retry(FlowLab.atOnce(3)));
                Out<Integer> pooled = c.part("pooled", x -> x, flaky).on(Placement.BLOCKING);
                c.<Integer, Integer>part(
                        "bad",
                        _ -> {
                          throw new FlowLab.Broken("bad");
                        },
                        pooled)
                    .onError(OnError.skip());
              });
      assertThat(attempts(timeline(lab, cycle)))
          .containsExactly("bad1 failed", "flaky1 failed", "flaky2 failed", "flaky3", "pooled1");
    }
  }

  @Test
  void timeline_ofEach_hasAllElements() throws Exception {
    try (var lab = new FlowLab()) {
      var all = new CountDownLatch(FlowLab.THREADS);
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                Out<List<Integer>> list = c.part("list", () -> List.of(1, 2, 3, 4));
                c.each(
                    "each",
                    x -> {
                      all.countDown();
                      Patience.await(all); // so they overlap
                      return x;
                    },
                    list);
              });
      assertThat(attempts(timeline(lab, cycle)))
          .containsExactly("each1", "each1", "each1", "each1", "list1");
    }
  }

  @Test
  void timeline_ofManyIterations_noPartBeginsBeforeWhatItDependsOnHasEnded() throws Exception {
    try (var lab = new FlowLab()) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                c.loop(Loop.times(2_000));
                Out<Integer> a = c.part("a", () -> 1);
                Out<Integer> b = c.part("b", x -> x, a);
                Out<Integer> d = c.part("d", x -> x, a);
                Out<Integer> e = c.part("e", Integer::sum, b, d);
                c.part("f", Integer::sum, e, b);
              });
      Timeline timeline = timeline(lab, cycle);
      assertThat(timeline.spans()).hasSize(10_000);
      assertThat(timeline.leftOut()).isZero();
      var byIteration =
          timeline.spans().stream().collect(Collectors.groupingBy(Timeline.Span::iteration));
      assertThat(byIteration).hasSize(2_000);
      byIteration.forEach((_, spans) -> {
        var byPart =
            spans.stream().collect(Collectors.toMap(Timeline.Span::part, Function.identity()));
        assertThat(byPart).containsOnlyKeys("a", "b", "d", "e", "f");
        for (Timeline.Span span : spans) {
          assertThat(span.startNanos()).isBetween(0L, span.endNanos());
          for (String before : span.after()) {
            assertThat(byPart.get(before).endNanos()).isLessThanOrEqualTo(span.startNanos());
          }
        }
      });
    }
  }

  @Test
  void timeline_ofMoreThanIsKept_hasTheNewest_andCountsTheOthers() throws Exception {
    try (var lab = new FlowLab()) {
      int iterations = SpanLog.KEPT + 100;
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                c.loop(Loop.times(iterations));
                c.part("a", () -> 1);
              });
      Timeline timeline = timeline(lab, cycle);
      assertThat(timeline.spans().size() + timeline.leftOut()).isEqualTo(iterations);
      assertThat(timeline.leftOut()).isBetween(100L, 200L);
      assertThat(timeline.spans().getLast().iteration()).isEqualTo(iterations);
    }
  }

  @Test
  void timeline_ofAPartThatWasGivenUp_hasItsAttempt_asFailed() throws Exception {
    var begun = new CountDownLatch(2);
    var mayLeave = new CountDownLatch(1);
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                c.part("turn", () -> hang(begun, mayLeave));
                c.part("pooled", () -> hang(begun, mayLeave)).on(Placement.BLOCKING);
              });
      LocalRun<Done> run = house.flow.start(cycle, Done.DONE, RunOptions.DEFAULT.traced(), null);
      Patience.await(begun);
      run.cancel();
      LeakCheck.end(run);
      assertThat(attempts(run.timeline())).containsExactly("pooled1 failed", "turn1 failed");
      assertThat(run.timeline().spans()).allSatisfy(s -> assertThat(s.thread()).isNotEmpty());
      mayLeave.countDown();
    }
  }

  private static int hang(CountDownLatch begun, CountDownLatch mayLeave) {
    begun.countDown();
    FlowLab.waitStubbornly(mayLeave);
    return 1;
  }
}
