package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.schedule.Scheduler;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static Timeline.Span span(
      String part, int attempt, String thread, long start, long end, String... after) {
    return new Timeline.Span(part, 1, attempt, thread, start, end, true, List.of(after));
  }

  private static List<String> path(long iteration, Timeline.Span... spans) {
    return new Timeline("r", List.of(spans), 0)
        .criticalPath(iteration).stream().map(s -> s.part() + s.attempt()).toList();
  }

  @Test
  void criticalPath_ofADiamond_goesByTheSlowerSide() {
    assertThat(
            path(
                1,
                span("load", 1, "a", 0, 10),
                span("quick", 1, "b", 10, 12, "load"),
                span("slow", 1, "a", 11, 40, "load"),
                span("join", 1, "a", 42, 50, "quick", "slow"),
                span("aside", 1, "b", 12, 45)))
        .containsExactly("load1", "slow1", "join1");
  }

  @Test
  void criticalPath_ofARetriedPart_hasEachAttempt() {
    assertThat(
            path(
                1,
                span("load", 1, "a", 0, 10),
                span("send", 1, "a", 10, 20, "load"),
                span("send", 2, "a", 35, 40, "load")))
        .containsExactly("load1", "send1", "send2");
  }

  @Test
  void criticalPath_ofSpansWithoutLength_followsTheNamesOnce() {
    assertThat(
            path(
                1,
                span("a", 1, "t", 5, 5),
                span("b", 1, "t", 5, 5, "a"),
                span("c", 1, "t", 5, 5, "b", "c")))
        .containsExactly("a1", "b1", "c1");
  }

  @Test
  void criticalPath_ofAnotherIteration_takesNoneOfThis() {
    var other = new Timeline.Span("b", 2, 1, "t", 20, 90, true, List.of("a"));
    assertThat(path(2, span("a", 1, "t", 0, 10), other)).containsExactly("b1");
    assertThat(path(3, span("a", 1, "t", 0, 10), other)).isEmpty();
  }

  @SuppressWarnings("unchecked") // of the form that is asserted
  private static List<Map<String, Object>> events(Timeline timeline) {
    var json = (Map<String, Object>) StrictJson.read(timeline.toChromeTrace());
    return (List<Map<String, Object>>) json.get("traceEvents");
  }

  @Test
  void toChromeTrace_hasAnEventForEachSpan_inMicroseconds() {
    var failed =
        new Timeline.Span("side/send", 7, 2, "worker", 1_234_567, 2_000_006, false, List.of());
    assertThat(events(new Timeline("nightly", List.of(failed), 3)))
        .containsExactly(
            Map.of(
                "ph",
                "M",
                "pid",
                BigDecimal.ONE,
                "tid",
                BigDecimal.ZERO,
                "name",
                "process_name",
                "args",
                Map.of("name", "nightly")),
            Map.of(
                "ph",
                "M",
                "pid",
                BigDecimal.ONE,
                "tid",
                BigDecimal.ONE,
                "name",
                "thread_name",
                "args",
                Map.of("name", "worker")),
            Map.of(
                "ph",
                "X",
                "cat",
                "part",
                "pid",
                BigDecimal.ONE,
                "tid",
                BigDecimal.ONE,
                "name",
                "side/send",
                "ts",
                new BigDecimal("1234.567"),
                "dur",
                new BigDecimal("765.439"),
                "args",
                Map.of("iteration", new BigDecimal(7), "attempt", new BigDecimal(2), "ok", false)));
  }

  @Test
  void toChromeTrace_ofOddNames_isStillJson() {
    String odd = "a\"b\\c\n\t\u0001\u007fé\uD83D\uDD14 \uD800x\uDC00";
    assertThat(events(new Timeline(odd, List.of(span(odd, 1, odd, 0, 1)), 0)))
        .extracting(
            e -> e.get("ph").equals("X") ? e.get("name") : ((Map<?, ?>) e.get("args")).get("name"))
        .containsExactly(odd, odd, odd);
    assertThat(new Timeline(odd, List.of(), 0).toChromeTrace()).contains("\\ud800x\\udc00");
  }

  @Test
  void toChromeTrace_ofSpansThatOverlapOnOneThread_hasRowsInWhichNoneDo() {
    var trace =
        events(
            new Timeline(
                "r",
                List.of(
                    span("a", 1, "virtual", 0, 10),
                    span("b", 1, "virtual", 5, 20),
                    span("c", 1, "virtual", 10, 15),
                    span("d", 1, "other", 0, 1)),
                0));
    assertThat(trace.stream().filter(e -> e.get("ph").equals("X")))
        .extracting(e -> e.get("name") + "@" + e.get("tid"))
        .containsExactly("a@1", "d@2", "b@3", "c@1");
  }

  @Test
  void timeline_ofPartsBehindBarriersAndWhatWasSkipped_namesTheNearestThatRan() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "levels",
            c -> {
              c.sync(Sync.level());
              var a1 = c.part("a1", () -> 1);
              var a2 = c.part("a2", () -> 1);
              var b1 = c.part("b1", x -> x, a1);
              c.part("b2", x -> x, a2);
              var skipped = c.part("skipped", x -> x, b1).when(_ -> false);
              c.act("last", () -> {}).after(skipped);
            });
    try (var scheduler = Scheduler.open(s -> s.withCpuThreads(2));
        var flow = Flow.on(scheduler);
        var run = flow.start(cycle, Done.DONE, RunOptions::traced)) {
      assertThat(run.await()).isEqualTo(RunStatus.OK);
      Map<String, List<String>> after =
          run.timeline().spans().stream()
              .collect(Collectors.toMap(Timeline.Span::part, Timeline.Span::after));
      assertThat(after.keySet()).containsExactlyInAnyOrder("a1", "a2", "b1", "b2", "last");
      assertThat(after.get("a1")).isEmpty();
      assertThat(after.get("b1")).containsExactlyInAnyOrder("a1", "a2");
      assertThat(after.get("b2")).containsExactlyInAnyOrder("a1", "a2");
      assertThat(after.get("last")).containsExactlyInAnyOrder("b1", "b2");
      assertThat(run.timeline().criticalPath(1))
          .extracting(span -> span.part().charAt(0))
          .containsExactly('a', 'b', 'l');
    }
  }
}
