package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.flow.FlowLab.Broken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How runs begin and end: stopped, cancelled, cleaned up after, undone. */
class RunLifeTest {
  private final FlowLab lab = new FlowLab();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    mayEnd.countDown();
    lab.close();
  }

  private Cycle<Done, Done> slowLoop() {
    return Cycle.of(
        "cycle",
        c -> {
          c.loop(Loop.forever());
          var slow =
              c.act(
                  "slow",
                  () -> {
                    begun.countDown();
                    Patience.await(mayEnd);
                  });
          c.act("next", _ -> lab.note("next"), slow);
          c.anyway("finally", () -> lab.note("finally"));
        });
  }

  // ── stop, cancel ──

  @Test
  @Covers("S30")
  void stop_finishesTheIterationThatHasBegun() throws Exception {
    Run<Done> run = lab.start(slowLoop());
    Patience.await(begun);
    run.stop();
    assertThat(run.isOver()).isFalse();
    mayEnd.countDown();
    FlowLab.ended(run);
    assertSuccess(run, "slow");
    assertSuccess(run, "next");
    assertThat(lab.notes()).containsExactly("next", "finally");
    assertThat(run.iteration()).isEqualTo(1);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S30")
  void cancel_doesNotFinishIt_butFinalises() throws Exception {
    Run<Done> run = lab.start(slowLoop());
    Patience.await(begun);
    run.cancel();
    FlowLab.ended(run);
    assertCancelled(run, "slow");
    assertCancelled(run, "next");
    assertThat(lab.notes()).containsExactly("finally");
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(run.failures()).isEmpty();
    run.cancel();
    run.stop();
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
  }

  @Test
  @Covers("S30")
  void cancel_afterTheEnd_changesNothing() throws Exception {
    Run<Done> run = lab.finish(Cycle.of("cycle", c -> c.part("part", lab.gives("part"))));
    run.cancel();
    run.close();
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertSuccess(run, "part");
  }

  @Test
  @Covers("S30")
  void cancel_afterAFailure_isTheGreaterSeverity_andTheFailureIsKept() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("bad", lab.fails("bad"));
                  c.part("waits", lab.waitsFor(begun, "waits"));
                }));
    Patience.await(begun);
    Patience.until("it has failed", () -> run.outcome("bad").isPresent());
    run.close();
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    assertFailed(run, "bad");
    assertThat(run.failures()).singleElement().extracting(PartFailure::part).isEqualTo("bad");
  }

  @Test
  @Covers("S30")
  void cancel_ofARunThatIsBeingStopped_changesNothing() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.act(
                      "stubborn",
                      () -> {
                        begun.countDown();
                        FlowLab.waitStubbornly(mayEnd);
                      });
                  c.part("bad", lab.failsAfter(begun, "bad")).onError(OnError.instantFail());
                }));
    Patience.until("it is being stopped", () -> run.outcome("bad").isPresent());
    run.cancel();
    mayEnd.countDown();
    FlowLab.ended(run);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S30")
  void closeOfTheFlow_cancelsWhatGoesOn_andStartsNothingMore() throws Exception {
    var flow = Flow.on(lab.scheduler);
    Run<Done> run = flow.start(slowLoop());
    Patience.await(begun);
    assertThat(flow.runs()).hasSize(1);
    assertThat(flow.run(run.name())).isPresent();
    flow.close();
    assertThat(run.isOver()).isTrue();
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(flow.runs()).isEmpty();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> flow.start(slowLoop()))
        .withMessageContaining("cycle");
  }

  // ── what it comes after, and what comes after it ──

  @Test
  @Covers("C25")
  void after_events_theRunBeginsWhenAllAreTriggered_andItsOwnEndIsOne() throws Exception {
    Event gate = lab.flow.events().newEvent();
    Cycle<Done, Done> cycle = Cycle.of("cycle", c -> c.part("part", lab.gives("part")));
    Run<Done> first = lab.flow.start(cycle, Done.DONE, options -> options.after(gate));
    Run<Done> second =
        lab.flow.start(
            Cycle.of("other", c -> c.part("part", lab.gives("second"))),
            Done.DONE,
            options -> options.after(first.ended()));
    assertThat(first.iteration()).isZero();
    assertThat(lab.notes()).isEmpty();
    gate.trigger();
    FlowLab.ended(second);
    assertThat(lab.notes()).containsExactly("part", "second");
    assertThat(first.isOver()).isTrue();
  }

  @Test
  @Covers("C25")
  void after_poisonedEvent_theRunIsCancelled() throws Exception {
    Event gate = lab.flow.events().newEvent();
    Run<Done> run =
        lab.flow.start(
            Cycle.of("cycle", c -> c.part("part", lab.gives("part"))),
            Done.DONE,
            options -> options.after(gate));
    gate.poison("will not be");
    FlowLab.ended(run);
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(lab.notes()).isEmpty();
    assertThat(run.failures().getFirst().cause()).hasMessageContaining("will not be");
  }

  @Test
  @Covers("S30")
  void start_nameOfARunThatGoesOn_isRefused() throws Exception {
    Run<Done> run = lab.flow.start(slowLoop(), Done.DONE, options -> options.named("nightly"));
    assertThat(run.name()).isEqualTo("nightly");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> lab.flow.start(slowLoop(), Done.DONE, options -> options.named("nightly")))
        .withMessageContaining("name=\"nightly\"");
    assertThat(run.await(Duration.ofNanos(1))).isEmpty();
    run.close();
    mayEnd.countDown();
    Run<Done> again =
        lab.flow.start(
            Cycle.of("cycle", c -> c.part("part", lab.gives("part"))),
            Done.DONE,
            options -> options.named("nightly"));
    FlowLab.ended(again);
    assertThat(again.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S30")
  void start_moreRunsThanAllowed_isRefused() {
    try (var flow = Flow.open(lab.scheduler, c -> c.withMaxRuns(1))) {
      var unused = flow.start(slowLoop());
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> flow.start(slowLoop()))
          .withMessageContaining("maxRuns=1");
      assertThat(unused.isOver()).isFalse();
    }
  }

  // ── finalisers ──

  @Test
  @Covers("S30")
  void anyway_runsOnceInTheReverseOrder_ofBranchesThatWereBegun() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3)).sync(Sync.sequential());
                  c.anyway("c1", () -> lab.note("c1"));
                  c.branch(
                      "a",
                      b -> {
                        b.part("part", () -> "a");
                        b.anyway("a1", () -> lab.note("a1"));
                        b.anyway("a2", () -> lab.note("a2"));
                      });
                  c.branch(
                      "b",
                      b -> {
                        b.part("part", () -> "b");
                        b.anyway("b1", () -> lab.note("b1"));
                      });
                  c.branch(
                          "never",
                          b -> {
                            b.part("part", () -> "never");
                            b.anyway("n1", () -> lab.note("n1"));
                          })
                      .when(_ -> false);
                  c.anyway("c2", () -> lab.note("c2"));
                }));
    assertThat(lab.notes()).containsExactly("b1", "a2", "a1", "c2", "c1");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S30")
  void anyway_fails_theOthersRun_andTheRunIsAnError() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("part", lab.gives("part"));
                  c.anyway("last", () -> lab.note("last"));
                  c.anyway(
                      "bad",
                      () -> {
                        throw new Broken("finaliser");
                      });
                }));
    assertThat(lab.notes()).containsExactly("part", "last");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.failures().getFirst().cause()).hasMessage("finaliser");
  }

  @Test
  @Covers("S31")
  void anyway_afterAnInstantFailure_runsAllTheSame() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.part("bad", lab.fails("bad")).onError(OnError.instantFail());
                  c.anyway("finally", () -> lab.note("finally"));
                }));
    assertThat(lab.notes()).containsExactly("bad", "finally");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  // ── undoing ──

  private Cycle<Done, Done> undoing(OnError<String> policy) {
    return Cycle.of(
        "cycle",
        c -> {
          c.undoOnFailure().sync(Sync.sequential());
          c.part("one", () -> "first").undoneBy(value -> lab.note("undo " + value));
          c.part("two", () -> "second")
              .undoneBy(value -> {
                lab.note("undo " + value);
                throw new Broken("undo");
              });
          c.part("three", () -> "third").undoneBy(value -> lab.note("undo " + value));
          c.<String>part("bad", lab.fails("bad"))
              .onError(policy)
              .undoneBy(_ -> lab.note("undo bad"));
        });
  }

  @Test
  @Covers("S32")
  void undo_afterAnError_undoesWhatSucceeded_theLastFirst_allOfIt() throws Exception {
    Run<Done> run = lab.finish(undoing(OnError.cleanFail()));
    assertThat(lab.notes()).containsExactly("bad", "undo third", "undo second", "undo first");
    assertThat(run.failures())
        .extracting(failure -> failure.cause().getMessage())
        .containsExactly("undo", "bad");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S33")
  void undo_afterASkip_undoesNothing() throws Exception {
    lab.finish(undoing(OnError.skip()));
    assertThat(lab.notes()).containsExactly("bad");
  }

  @Test
  @Covers("S30")
  void undo_afterACancellation_undoesWhatSucceeded() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.undoOnFailure();
                  var one = c.part("one", () -> "first").undoneBy(v -> lab.note("undo " + v));
                  c.part("waits", lab.waitsFor(begun, "waits")).after(one);
                }));
    Patience.await(begun);
    run.close();
    assertThat(lab.notes()).containsExactly("waits interrupted", "undo first");
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
  }

  // ── failures ──

  @Test
  @Covers("S32")
  void failures_areInTheOrderOfThePlan_andThoseBeyondTheBoundAreCounted() throws Exception {
    var secondFailed = new CountDownLatch(1);
    try (var flow = Flow.open(lab.scheduler, c -> c.withKeptFailures(3))) {
      Run<Done> run =
          FlowLab.ended(
              flow.start(
                  Cycle.of(
                      "cycle",
                      c -> {
                        c.onError(OnError.cleanFail());
                        c.part("a", lab.failsAfter(secondFailed, "a"));
                        var b = c.part("b", lab.fails("b"));
                        c.act("then", secondFailed::countDown).after(b);
                        var d = c.part("d", lab.failsAfter(secondFailed, "d"));
                        c.part("skipped", lab.takes("skipped"), d);
                      })));
      assertThat(run.failures()).extracting(PartFailure::part).containsExactly("a", "b", "d");
      assertSkipped(run, "skipped", Outcome.Why.UPSTREAM);
      Run<Done> many =
          FlowLab.ended(
              flow.start(
                  Cycle.of(
                      "cycle",
                      c -> {
                        for (int i = 0; i < 10; i++) {
                          c.part("part" + i, lab.fails("part"));
                        }
                      })));
      assertThat(many.failures()).hasSize(3);
      assertThat(many.failureCount()).isEqualTo(10);
    }
  }

  @Test
  @Covers({"S31", "S32", "S33"})
  void policy_precedence_partThenSplitThenCycle() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.onError(OnError.instantFail());
                  c.split(
                          "split",
                          Sync.parallel(),
                          s -> {
                            s.branch(
                                "a",
                                b -> {
                                  b.part("inherits", lab.fails("inherits"));
                                  b.part("own", lab.fails("own")).onError(OnError.cleanFail());
                                });
                            s.branch("b", b -> b.part("good", lab.gives("good")));
                          })
                      .onError(OnError.skip());
                }));
    assertSkipped(run, "split/a/inherits", Outcome.Why.OWN);
    assertFailed(run, "split/a/own");
    assertSuccess(run, "split/b/good");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }
}
