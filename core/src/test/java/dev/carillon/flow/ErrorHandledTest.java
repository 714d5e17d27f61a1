package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a failure means that is answered by something else: each cell of the table of error modes.
 */
class ErrorHandledTest {
  private final FlowLab lab = new FlowLab();

  private final ErrorTable table = new ErrorTable(lab);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── retry ──

  @Test
  @Covers("S34")
  void retry_outcome_isOpenUntilTheLastAttempt_thenThatOfTheNextPolicy() throws Exception {
    var attempts = new AtomicInteger();
    var secondMayEnd = ErrorTable.latch();
    var secondBegan = ErrorTable.latch();
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c ->
                    c.<String>partWith(
                            "bad",
                            context -> {
                              attempts.set(context.attempt());
                              if (context.attempt() == 2) {
                                secondBegan.countDown();
                                Patience.await(secondMayEnd);
                              }
                              throw new Broken("attempt " + context.attempt());
                            })
                        .onError(OnError.retry(atOnce(3), OnError.skip()))));
    Patience.await(secondBegan);
    assertThat(run.outcome("bad")).isEmpty();
    secondMayEnd.countDown();
    FlowLab.ended(run);
    assertThat(attempts).hasValue(3);
    assertSkipped(run, "bad", Outcome.Why.OWN);
    assertThat(outcome(run, "bad").failure().orElseThrow()).hasMessage("attempt 3");
    assertThat(run.failures().getFirst().attempts()).isEqualTo(3);
  }

  @Test
  @Covers("S34")
  void retry_dependants_wait_andRunWhenAnAttemptSucceeds() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var bad =
                      c.partWith(
                              "bad",
                              context -> {
                                lab.note("attempt " + context.attempt());
                                if (context.attempt() < 3) {
                                  throw new Broken("not yet");
                                }
                                return "good";
                              })
                          .onError(OnError.retry(atOnce(5)));
                  return c.part("dependant", lab.takes("dependant"), bad);
                }));
    assertThat(lab.notes())
        .containsExactly("attempt 1", "attempt 2", "attempt 3", "dependant of good");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.output()).contains("dependant of good");
    assertThat(run.failureCount()).isZero();
  }

  @Test
  @Covers("S34")
  void retry_others_runMeanwhile() throws Exception {
    var besideIsDone = ErrorTable.latch();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.partWith(
                          "bad",
                          context -> {
                            if (context.attempt() == 1) {
                              throw new Broken("first");
                            }
                            Patience.await(besideIsDone);
                            return "good";
                          })
                      .onError(OnError.retry(atOnce(2)));
                  c.act("beside", besideIsDone::countDown);
                }));
    assertSuccess(run, "bad");
    assertSuccess(run, "beside");
  }

  @Test
  @Covers("S34")
  void retry_loop_isByTheNextPolicy() throws Exception {
    assertThat(table.runWith(OnError.retry(atOnce(2), OnError.skip())).status())
        .isEqualTo(RunStatus.OK);
    Run<Done> degraded = table.runWith(OnError.retry(atOnce(2), OnError.fallback("default")));
    assertThat(degraded.status()).isEqualTo(RunStatus.DEGRADED);
    assertThat(degraded.iteration()).isEqualTo(3);
    Run<Done> failed = table.runWith(OnError.retry(atOnce(2)));
    assertThat(failed.status()).isEqualTo(RunStatus.ERROR);
    assertThat(failed.iteration()).isEqualTo(1);
    assertThat(table.runWith(OnError.retry(atOnce(2), OnError.stopQuietly())).iteration())
        .isEqualTo(1);
  }

  @Test
  @Covers("S34")
  void retry_failureNotRetryable_isTheLast() throws Exception {
    Run<Done> run =
        table.runWith(
            OnError.retry(r -> atOnce(5).apply(r).withRetryable(e -> e instanceof Error)));
    assertThat(lab.count("bad")).isEqualTo(1);
    assertFailed(run, "bad");
  }

  @Test
  @Covers("S34")
  void retry_anErrorThatThePolicyTakes_isAFailureLikeAnyOther() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.partWith(
                            "bad",
                            context -> {
                              if (context.attempt() == 1) {
                                throw new StackOverflowError("deep");
                              }
                              return "good";
                            })
                        .onError(OnError.retry(r -> atOnce(2).apply(r).withRetryable(_ -> true)))));
    assertThat(run.output()).contains("good");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  // ── fallback whose failure counts ──

  @Test
  @Covers("S35")
  void fallbackFail_outcome_isTheDefault_fatal() throws Exception {
    Run<Done> run = table.runWith(OnError.fallbackFail("default"));
    assertThat(outcome(run, "bad"))
        .isInstanceOfSatisfying(
            Outcome.Fallback.class,
            fallback -> {
              assertThat(fallback.value()).isEqualTo("default");
              assertThat(fallback.cause()).isInstanceOf(Broken.class);
              assertThat(fallback.fatal()).isTrue();
            });
  }

  @Test
  @Covers("S35")
  void fallbackFail_dependants_runWithTheDefault() throws Exception {
    table.runWith(OnError.fallbackFail("default"));
    assertThat(lab.notes()).contains("dependant of default");
  }

  @Test
  @Covers("S35")
  void fallbackFail_others_finish() throws Exception {
    ErrorTable.assertOthersFinish(table.runWith(OnError.fallbackFail("default")));
  }

  @Test
  @Covers("S35")
  void fallbackFail_loop_isErrorAndStops() throws Exception {
    Run<Done> run = table.runWith(OnError.fallbackFail("default"));
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.iteration()).isEqualTo(1);
    ErrorTable.assertCause(run);
  }

  // ── fallback whose failure is skipped ──

  @Test
  @Covers("S36")
  void fallback_outcome_isTheDefault_notFatal() throws Exception {
    assertThat(outcome(table.runWith(OnError.fallback("default")), "bad"))
        .isInstanceOfSatisfying(
            Outcome.Fallback.class,
            fallback -> {
              assertThat(fallback.value()).isEqualTo("default");
              assertThat(fallback.fatal()).isFalse();
            });
  }

  @Test
  @Covers("S36")
  void fallback_dependants_runWithTheDefault() throws Exception {
    table.runWith(OnError.fallback("default"));
    assertThat(lab.count("dependant of default")).isEqualTo(3);
  }

  @Test
  @Covers("S36")
  void fallback_others_finish() throws Exception {
    ErrorTable.assertOthersFinish(table.runWith(OnError.fallback("default")));
  }

  @Test
  @Covers("S36")
  void fallback_loop_isDegradedAndGoesOn() throws Exception {
    Run<Done> run = table.runWith(OnError.fallback("default"));
    assertThat(run.status()).isEqualTo(RunStatus.DEGRADED);
    assertThat(run.iteration()).isEqualTo(3);
    assertThat(run.failureCount()).isEqualTo(3);
  }

  // ── propagating ──

  /** {@return a run of a part that hands its failure on, to one that counts or not} */
  private Run<Done> propagating(boolean isTaken) throws InterruptedException {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3));
              var bad = c.part("bad", this::broken);
              var results = bad.propagating();
              if (isTaken) {
                c.part("dependant", lab.takes("dependant"), results);
              }
              c.part("later", lab.gives("later")).after(bad);
            }));
  }

  private String broken() {
    throw new Broken("bad");
  }

  @Test
  @Covers("S37")
  void propagating_outcome_isPropagated() throws Exception {
    assertThat(outcome(propagating(true), "bad"))
        .isInstanceOfSatisfying(
            Outcome.Propagated.class,
            propagated -> assertThat(propagated.cause()).isInstanceOf(Broken.class));
  }

  @Test
  @Covers("S37")
  void propagating_dependants_runAndAreGivenTheResult() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var bad = c.part("bad", this::broken).propagating();
                  var good = c.part("good", () -> "fine").propagating();
                  return c.part(
                      "dependant",
                      (a, b) ->
                          "%s, %s"
                              .formatted(
                                  a.isOk() ? "fine" : ((Result.Err<String>) a).cause().getMessage(),
                                  b.orElseThrow()),
                      bad,
                      good);
                }));
    assertThat(run.output()).contains("bad, fine");
  }

  @Test
  @Covers("S37")
  void propagating_others_finish() throws Exception {
    assertSuccess(propagating(true), "later");
  }

  @Test
  @Covers("S37")
  void propagating_loop_isOkIfTaken() throws Exception {
    Run<Done> run = propagating(true);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.iteration()).isEqualTo(3);
    assertThat(run.failureCount()).isZero();
  }

  @Test
  @Covers("S37")
  void propagating_loop_isErrorIfNobodyTookTheResult() throws Exception {
    Run<Done> run = propagating(false);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.iteration()).isEqualTo(1);
    ErrorTable.assertCause(run);
  }

  @Test
  @Covers("S37")
  void propagating_whoeverWouldTakeItWasNotAdmitted_isError() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var bad = c.part("bad", this::broken).propagating();
                  c.part("dependant", lab.takes("dependant"), bad).when(_ -> false);
                }));
    assertSkipped(run, "dependant", Outcome.Why.CONDITION);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S37")
  void propagating_whoTookItIsCancelled_wasTakenAllTheSame() throws Exception {
    var begun = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  var bad = c.part("bad", this::broken).propagating();
                  var waits = lab.waitsFor(begun, "dependant");
                  c.part("dependant", _ -> waits.call(), bad);
                }));
    Patience.await(begun);
    run.close();
    assertCancelled(run, "dependant");
    assertThat(run.failures()).isEmpty();
  }

  /** {@return a run of a part that hands its failure on, in a cycle with a branch by itself} */
  private Run<Done> propagatingBeside(boolean isInput) throws InterruptedException {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              var bad = c.part("bad", this::broken).propagating();
              c.split(
                  "split",
                  Sync.independent(),
                  s ->
                      s.branch(
                          "branch",
                          b -> {
                            if (isInput) {
                              b.part("part", lab.takes("part"), bad).when(_ -> false);
                            } else {
                              b.under(bad).part("part", lab.gives("part"));
                            }
                          }));
            }));
  }

  @Test
  @Covers("S37")
  void propagating_aPartThatRepeatsByItselfAndHasItAsInput_isEnough() throws Exception {
    Run<Done> run = propagatingBeside(true);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.failureCount()).isZero();
  }

  @Test
  @Covers("S37")
  void propagating_aBranchThatRepeatsByItselfAndIsOnlyUnderIt_isNotEnough() throws Exception {
    Run<Done> run = propagatingBeside(false);
    assertSuccess(run, "split/branch/part");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S37")
  void propagating_theCyclesValue_isTaken() throws Exception {
    Run<Result<String>> run =
        lab.finish(Cycle.supply("cycle", c -> c.part("bad", this::broken).propagating()));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.output().orElseThrow().isOk()).isFalse();
  }

  @Test
  @Covers("S37")
  void propagating_afterRetries_handsOnTheLastFailure() throws Exception {
    Run<Result<String>> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.<String>partWith(
                            "bad",
                            context -> {
                              throw new Broken("attempt " + context.attempt());
                            })
                        .onError(OnError.retry(atOnce(3)))
                        .propagating()));
    assertThat(run.output())
        .hasValueSatisfying(result ->
            assertThat(result)
                .isInstanceOfSatisfying(
                    Result.Err.class, err -> assertThat(err.cause()).hasMessage("attempt 3")));
  }
}
