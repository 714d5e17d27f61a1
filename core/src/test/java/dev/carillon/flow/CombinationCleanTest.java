package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Clean failures and skips under each of the modes of synchronisation: but for the status and the
 * loop, both mean the same.
 */
class CombinationCleanTest {
  private final FlowLab lab = new FlowLab(c -> c.withResource("gpu", 1));
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  @Test
  @Covers("S32")
  void clean_level_barrierOpensWhenTheLevelHasEnded_onlyDependantsSkip() throws Exception {
    assertLevel(OnError.cleanFail(), RunStatus.ERROR);
  }

  @Test
  @Covers("S33")
  void skip_level_barrierOpensWhenTheLevelHasEnded_onlyDependantsSkip() throws Exception {
    assertLevel(OnError.skip(), RunStatus.OK);
  }

  private void assertLevel(OnError<String> policy, RunStatus status) throws Exception {
    var mayEnd = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.level());
                  var bad = c.<String>part("bad", lab.fails("bad")).onError(policy);
                  var good = c.part("good", lab.gives("good"));
                  c.act(
                      "slow",
                      () -> {
                        Patience.await(mayEnd);
                        lab.note("slow");
                      });
                  c.part("dependant", lab.takes("dependant"), bad);
                  c.part("deep", lab.takes("deep"), good);
                }));
    Patience.until("it has failed", () -> run.outcome("bad").isPresent());
    Patience.until("it has ended", () -> run.outcome("good").isPresent());
    assertThat(FlowLab.now(run, "deep").phase()).as("the level is open").isEqualTo(Phase.WAITING);
    mayEnd.countDown();
    FlowLab.ended(run);
    assertThat(lab.notes()).endsWith("slow", "deep of good").hasSize(4);
    assertSkipped(run, "dependant", Outcome.Why.UPSTREAM);
    assertSuccess(run, "deep");
    assertThat(run.status()).isEqualTo(status);
  }

  @Test
  @Covers("S32")
  void clean_parallel_siblingsFinish() throws Exception {
    assertSiblingsFinish(OnError.cleanFail(), RunStatus.ERROR);
  }

  @Test
  @Covers("S33")
  void skip_parallel_siblingsFinish() throws Exception {
    assertSiblingsFinish(OnError.skip(), RunStatus.OK);
  }

  private void assertSiblingsFinish(OnError<Object> policy, RunStatus status) throws Exception {
    var mayEnd = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c ->
                    c.split(
                            "split",
                            Sync.parallel(),
                            s -> {
                              s.branch("a", b -> b.part("bad", lab.failsAfter(begun, "bad")));
                              s.branch(
                                  "b",
                                  b ->
                                      b.act(
                                          "sibling",
                                          () -> {
                                            begun.countDown();
                                            Patience.await(mayEnd);
                                          }));
                            })
                        .onError(policy)));
    Patience.until("it has failed", () -> run.outcome("split/a/bad").isPresent());
    mayEnd.countDown();
    FlowLab.ended(run);
    assertSuccess(run, "split/b/sibling");
    assertThat(run.status()).isEqualTo(status);
  }

  @Test
  @Covers("S32")
  void clean_sequential_successorRuns() throws Exception {
    assertSuccessorRuns(OnError.cleanFail(), RunStatus.ERROR);
  }

  @Test
  @Covers("S33")
  void skip_sequential_successorRuns() throws Exception {
    assertSuccessorRuns(OnError.skip(), RunStatus.OK);
  }

  private void assertSuccessorRuns(OnError<Object> policy, RunStatus status) throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.sequential()).onError(policy);
                  c.part("bad", lab.fails("bad"));
                  c.part("next", lab.gives("next"));
                  c.branch("branch", b -> b.part("last", lab.gives("last")));
                }));
    assertThat(lab.notes()).containsExactly("bad", "next", "last");
    assertThat(run.status()).isEqualTo(status);
  }

  @Test
  @Covers("S32")
  void clean_independent_itsLoopEnds_theOthersGoOn() throws Exception {
    var hasFailed = new AtomicBoolean();
    var wentOn = new CountDownLatch(3);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  c.act("main", () -> Patience.await(wentOn));
                  c.split(
                      "split",
                      Sync.independent(),
                      s -> {
                        s.branch(
                            "a",
                            b ->
                                b.<String>partWith(
                                    "bad",
                                    context -> {
                                      lab.note("bad");
                                      if (context.iteration() == 2) {
                                        hasFailed.set(true);
                                        throw new Broken("second");
                                      }
                                      return "good";
                                    }));
                        s.branch(
                            "b",
                            b ->
                                b.act(
                                    "other",
                                    () -> {
                                      if (hasFailed.get()) {
                                        wentOn.countDown();
                                      }
                                    }));
                      });
                }));
    assertThat(lab.count("bad")).isEqualTo(2);
    assertFailed(run, "split/a/bad");
    assertSuccess(run, "split/b/other");
    assertSuccess(run, "main");
    assertThat(run.iteration()).isEqualTo(2);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S32")
  void clean_pipeline_leavesAGap_andTheIterationsStayAligned() throws Exception {
    Run<Done> run = pipeline(OnError.cleanFail());
    assertThat(lab.notes()).containsExactly("1: token 1", "3: token 3", "4: token 4");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.failures()).singleElement().extracting(PartFailure::iteration).isEqualTo(2L);
  }

  @Test
  @Covers("S33")
  void skip_pipeline_leavesAGap_andTheIterationsStayAligned() throws Exception {
    Run<Done> run = pipeline(OnError.skip());
    assertThat(lab.notes()).containsExactly("1: token 1", "3: token 3", "4: token 4");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  private Run<Done> pipeline(OnError<String> policy) throws Exception {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              var goOn = Loop.AfterFailure.goOn(Backoff.fixed(Duration.ZERO));
              c.loop(Loop.times(4).afterFailure(goOn)).sync(Sync.parallel().pipelined(2));
              var source =
                  c.partWith(
                          "source",
                          context -> {
                            if (context.iteration() == 2) {
                              throw new Broken("second");
                            }
                            return "token " + context.iteration();
                          })
                      .onError(policy);
              var middle = c.part("middle", token -> token, source);
              c.partWith(
                  "sink",
                  (context, token) -> {
                    lab.note(context.iteration() + ": " + token);
                    return token;
                  },
                  middle);
            }));
  }

  @Test
  @Covers("S32")
  void clean_gates_permitsAreReturned() throws Exception {
    assertReturned(OnError.cleanFail(), RunStatus.ERROR);
  }

  @Test
  @Covers("S33")
  void skip_gates_permitsAreReturned() throws Exception {
    assertReturned(OnError.skip(), RunStatus.OK);
  }

  private void assertReturned(OnError<String> policy, RunStatus status) throws Exception {
    var allWait = new CountDownLatch(1);
    Run<Done> run = lab.start(CombinationInstantTest.waiters(lab, begun, allWait, policy));
    var waiters = List.of("limited/atGate", "forPermit", "forLock");
    for (String waiter : waiters) {
      FlowLab.until(run, waiter, Phase.QUEUED);
    }
    allWait.countDown();
    FlowLab.ended(run);
    assertThat(lab.notes()).first().isEqualTo("bad");
    waiters.forEach(waiter -> assertSuccess(run, waiter));
    assertThat(run.status()).isEqualTo(status);
    lab.assertNothingHeld();
  }
}
