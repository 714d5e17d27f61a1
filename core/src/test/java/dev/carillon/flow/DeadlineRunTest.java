package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.after;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.LatePart.Cause;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.function.Fn0;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs whose parts are due, on one thread and by a clock that only the test moves on. */
@Covers("C23")
class DeadlineRunTest {
  private final ManualClock clock = new ManualClock();
  private final FlowLab lab = new FlowLab(c -> c.withClock(clock).withCpuThreads(1));
  private final CountDownLatch mayLeave = new CountDownLatch(1);

  @AfterEach
  void close() {
    mayLeave.countDown();
    lab.close();
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  /** {@return work that takes a time, as the clock has it} */
  private Fn0<String> takes(long millis, String what) {
    return () -> {
      lab.note(what);
      clock.advance(ms(millis));
      return what;
    };
  }

  /** Has the only thread at work until it may leave: {@return the end of that} */
  private Event occupyTheThread() throws InterruptedException {
    var begun = new CountDownLatch(1);
    Event task =
        lab.scheduler.submit(
            TaskOptions.DEFAULT,
            () -> {
              begun.countDown();
              Patience.await(mayLeave);
            });
    Patience.await(begun);
    return task;
  }

  // ── order ──

  @Test
  void parts_thatWaitForAThread_beginInTheOrderOfTheirDeadlines_handedOnBackwards()
      throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("z", lab.gives("z")).deadline(ms(700));
                  var x = c.part("x", lab.gives("x"));
                  c.part("y", v -> lab.gives("y").call(), x).cost(ms(500)).deadline(ms(1_000));
                  c.part("w", lab.gives("w")).deadline(ms(300));
                }));
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("w", "x", "z", "y");
    assertThat(run.lateCount()).isZero();
  }

  @Test
  void runs_thatWaitForAThread_beginInTheOrderOfTheirDeadlines() throws Exception {
    occupyTheThread();
    var runs =
        List.of(
            lab.flow.start(cycle("third"), Done.DONE, r -> r.deadline(ms(3_000))),
            lab.flow.start(cycle("first"), Done.DONE, r -> r.deadline(ms(1_000))),
            lab.flow.start(cycle("second"), Done.DONE, r -> r.deadline(ms(2_000))));
    mayLeave.countDown();
    for (Run<Done> run : runs) {
      FlowLab.ended(run);
    }
    assertThat(lab.notes()).containsExactly("first", "second", "third");
  }

  private Cycle<Done, Done> cycle(String what) {
    return Cycle.of("of-" + what, c -> c.act("part", () -> lab.note(what)));
  }

  @Test
  void run_withADeadline_takesOffWhatComesAfterAPart() throws Exception {
    Run<Done> run =
        lab.flow.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("short", lab.gives("short")).locks("a").cost(ms(1));
                  var longer = c.part("long", lab.gives("long")).locks("b").cost(ms(1));
                  c.part("after", v -> lab.gives("after").call(), longer).cost(ms(500));
                }),
            Done.DONE,
            r -> r.deadline(ms(1_000)));
    FlowLab.ended(run);
    assertThat(lab.notes()).startsWith("long", "short");
  }

  @Test
  void cycles_whosePartsAreDue_beginInTheirOrder() throws Exception {
    occupyTheThread();
    Run<Done> later = lab.start(due("later", 900));
    Run<Done> sooner = lab.start(due("sooner", 100));
    mayLeave.countDown();
    FlowLab.ended(later);
    FlowLab.ended(sooner);
    assertThat(lab.notes()).containsExactly("sooner", "later");
  }

  private Cycle<Done, Done> due(String what, long millis) {
    return Cycle.of("of-" + what, c -> c.act("part", () -> lab.note(what)).deadline(ms(millis)));
  }

  // ── late ──

  @Test
  void part_thatTakesTooLong_isToldOf_andNothingElseHappens() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  var slow = c.part("slow", takes(20, "slow")).cost(ms(1)).deadline(ms(15));
                  c.part("next", v -> takes(1, "next").call(), slow).cost(ms(1)).deadline(ms(16));
                }));
    FlowLab.ended(run);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.lateParts())
        .containsExactly(
            new LatePart("slow", 1, ms(15), ms(0), ms(0), ms(20), Cause.WORK),
            new LatePart("next", 1, ms(16), ms(20), ms(20), ms(21), Cause.PREDECESSORS));
    assertThat(run.lateParts().getFirst().late()).isEqualTo(ms(5));
    assertThat(run.explain().state())
        .isEqualTo(
            "has ended: OK; 2 parts late, first: slow by 5 ms, as its work took longer than"
                + " expected");
  }

  @Test
  void part_thatWaitsTooLongForAThread_isToldOf() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("hog", takes(20, "hog")).deadline(ms(5));
                  c.part("b", lab.gives("b")).cost(ms(1)).deadline(ms(10));
                }));
    FlowLab.ended(run);
    assertThat(run.lateParts())
        .containsExactly(
            new LatePart("hog", 1, ms(5), ms(0), ms(0), ms(20), Cause.WORK),
            new LatePart("b", 1, ms(10), ms(0), ms(20), ms(20), Cause.WAITING));
  }

  @Test
  void iterations_haveTheirOwnTime() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3));
                  c.partWith(
                          "part",
                          context -> takes(context.iteration() == 2 ? 11 : 9, "part").call())
                      .deadline(ms(10));
                }));
    FlowLab.ended(run);
    assertThat(run.lateParts()).extracting(LatePart::iteration).containsExactly(2L);
    assertThat(run.explain().state())
        .contains("; late: part by 1 ms, as its work took longer than expected");
  }

  @Test
  void elements_areToldOfByNumber_andNoMoreAreKeptThanFailures() throws Exception {
    var flow = Flow.open(lab.scheduler, c -> c.withKeptFailures(2));
    try (flow) {
      Run<Done> run =
          flow.start(
              Cycle.of(
                  "cycle",
                  c -> {
                    var all = c.part("all", () -> List.of(1, 2, 3, 4));
                    c.each("each", v -> takes(4, "e").call(), all).deadline(ms(5));
                  }));
      FlowLab.ended(run);
      assertThat(run.lateParts()).extracting(LatePart::part).containsExactly("each[1]", "each[2]");
      assertThat(run.lateCount()).isEqualTo(3);
    }
  }

  // ── what is not made any more ──

  @Test
  void retry_thatWouldEndTooLate_isNotMade() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", lab.fails("part"))
                        .deadline(ms(2_500))
                        .onError(OnError.retry(after(ms(1_000), 99)))));
    FlowLab.until(run, "part", Phase.BACKOFF);
    clock.advance(ms(1_001));
    Patience.until("it was tried again", () -> lab.count("part") == 2);
    FlowLab.until(run, "part", Phase.BACKOFF);
    clock.advance(ms(1_001));
    FlowLab.ended(run);
    assertThat(lab.count("part")).as("a fourth would end too late").isEqualTo(3);
    assertThat(outcome(run, "part").failure()).containsInstanceOf(Broken.class);
  }

  @Test
  void retry_thatLeavesTooLittleForWhatComesAfter_isNotMade() throws Exception {
    Run<Integer> run =
        lab.flow.start(
            Cycle.supply(
                "cycle",
                c -> {
                  var part =
                      c.<Integer>part("part", lab.fails("part"))
                          .onError(OnError.retry(after(ms(600), 9), OnError.fallback(7)));
                  return c.part("after", v -> v, part).cost(ms(500)).locks("lock");
                }),
            Done.DONE,
            r -> r.deadline(ms(1_000)));
    FlowLab.ended(run);
    assertThat(lab.count("part")).isEqualTo(1);
    assertThat(run.output()).contains(7);
  }

  @Test
  void drop_partThatIsDueBeforeItBegins_failsAndItsPolicyDecides() throws Exception {
    Run<String> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c -> {
                  var slow = c.part("slow", takes(20, "slow"));
                  return c.part("best", v -> lab.gives("best").call(), slow)
                      .deadline(ms(10))
                      .late(Late.DROP)
                      .onError(OnError.retry(atOnce(5), OnError.fallback("cheap")));
                }));
    FlowLab.ended(run);
    assertThat(run.output()).contains("cheap");
    assertThat(run.status()).isEqualTo(RunStatus.DEGRADED);
    assertThat(lab.notes()).containsExactly("slow");
    assertThat(run.failures())
        .singleElement()
        .satisfies(failure ->
            assertThat(failure.cause())
                .isInstanceOf(DeadlineMissedException.class)
                .hasMessage(
                    "an attempt must begin before its part is due: part=best, iteration=1,"
                        + " late=PT0.01S"));
    assertThat(run.lateParts()).extracting(LatePart::part).containsExactly("slow", "best");
  }

  @Test
  void drop_elementsThatAreDue_areLeftOut() throws Exception {
    Run<List<String>> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c -> {
                  var all = c.part("all", () -> List.of("a", "b", "c", "d"));
                  return c.each("each", v -> takes(4, v).call(), all)
                      .deadline(ms(7))
                      .late(Late.DROP)
                      .onError(OnError.skip());
                }));
    FlowLab.ended(run);
    assertThat(run.output()).contains(List.of("a", "b"));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  void cycleThatRepeats_inAPartThatIsDue_isDueWithIt() throws Exception {
    Cycle<Done, String> inner =
        Cycle.supply(
            "inner",
            c -> {
              c.loop(Loop.times(2));
              return c.part("work", takes(6, "work"))
                  .late(Late.DROP)
                  .onError(OnError.fallback("too late"));
            });
    Run<String> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c -> {
                  var before = c.part("before", () -> Done.DONE);
                  return c.add(inner, before).deadline(ms(5));
                }));
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("work");
    assertThat(run.output()).contains("too late");
  }

  // ── overload ──

  @Test
  void downgrade_partThatIsDue_letsOthersGoFirst() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("slow", takes(20, "slow")).deadline(ms(5));
                  c.part("late", lab.gives("late")).deadline(ms(10)).late(Late.DOWNGRADE);
                  c.part("good", lab.gives("good")).deadline(ms(100));
                }));
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("slow", "good", "late");
    assertThat(lab.scheduler.stats().downgraded()).isEqualTo(1);
  }

  @Test
  void admission_bounded_whatIsDueAlreadyIsDoneAllTheSame() throws Exception {
    try (var tight = new FlowLab(c -> c.withClock(clock).withCpuThreads(1).withAdmission(1))) {
      Run<Done> run =
          tight.start(
              Cycle.of(
                  "cycle",
                  c -> {
                    var slow = c.part("slow", takes(20, "slow"));
                    c.part("late", v -> v, slow).cost(ms(1)).deadline(ms(10));
                  }));
      FlowLab.ended(run);
      assertSuccess(run, "late");
      assertThat(run.lateCount()).isEqualTo(2);
    }
  }

  // ── seen ──

  @Test
  void explain_saysWhenAPartIsDue() throws Exception {
    var begun = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle", c -> c.part("part", lab.waitsFor(begun, "part")).deadline(ms(1_000))));
    Patience.await(begun);
    assertThat(FlowLab.now(run, "part").why()).contains("is due in 1.0 s");
    clock.advance(ms(1_500));
    assertThat(FlowLab.now(run, "part").why()).contains("was due 500 ms ago");
    run.cancel();
    FlowLab.ended(run);
    assertThat(run.lateCount()).as("it was cancelled").isZero();
  }
}
