package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instant failures under each of the modes of synchronisation. */
@Covers("S31")
class CombinationInstantTest {
  private final FlowLab lab = new FlowLab(c -> c.withResource("gpu", 1));
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  @Test
  void instant_level_barrierNeverOpens() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.level()).onError(OnError.instantFail());
                  c.part("bad", lab.failsAfter(begun, "bad"));
                  var good = c.act("good", begun::countDown);
                  c.part("waits", lab.waitsFor(begun, "waits"));
                  c.part("deep", lab.takes("deep"), good);
                }));
    assertCancelled(run, "deep");
    assertThat(lab.notes()).doesNotContain("deep of DONE");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  void instant_parallel_siblingsAreInterrupted() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.split(
                        "split",
                        Sync.parallel(),
                        s -> {
                          s.branch(
                              "a",
                              b ->
                                  b.part("bad", lab.failsAfter(begun, "bad"))
                                      .onError(OnError.instantFail()));
                          s.branch("b", b -> b.part("waits", lab.waitsFor(begun, "waits")));
                        })));
    assertFailed(run, "split/a/bad");
    assertCancelled(run, "split/b/waits");
    assertThat(lab.notes()).containsExactlyInAnyOrder("bad", "waits interrupted");
  }

  @Test
  void instant_sequential_successorsNeverStart() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.sequential());
                  c.part("first", lab.gives("first"));
                  c.part("bad", lab.fails("bad")).onError(OnError.instantFail());
                  c.part("next", lab.gives("next"));
                  c.branch("branch", b -> b.part("last", lab.gives("last")));
                }));
    assertThat(lab.notes()).containsExactly("first", "bad");
    assertCancelled(run, "next");
    assertCancelled(run, "branch/last");
  }

  @Test
  void instant_independent_allLoopsStop() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.forever());
                  c.part("main", lab.waitsFor(begun, "main"));
                  c.split(
                      "split",
                      Sync.independent(),
                      s -> {
                        s.branch("a", b -> b.act("loops", () -> lab.note("loops")));
                        s.branch(
                            "b",
                            b ->
                                b.<String>partWith(
                                        "bad",
                                        context -> {
                                          Patience.await(begun);
                                          if (context.iteration() == 3) {
                                            throw new Broken("third");
                                          }
                                          return "good";
                                        })
                                    .onError(OnError.instantFail()));
                      });
                }));
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertFailed(run, "split/b/bad");
    assertCancelled(run, "main");
    assertThat(run.failures()).singleElement().extracting(PartFailure::iteration).isEqualTo(3L);
  }

  @Test
  void instant_pipeline_whatIsUnderWayIsDropped() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.forever()).sync(Sync.parallel().pipelined(2));
                  var source =
                      c.partWith(
                          "source",
                          context -> {
                            if (context.iteration() == 2) {
                              return lab.waitsFor(begun, "source").call();
                            }
                            return "first";
                          });
                  c.part(
                          "bad",
                          token -> {
                            Patience.await(begun);
                            lab.note("bad of " + token);
                            throw new Broken("bad");
                          },
                          source)
                      .onError(OnError.instantFail());
                }));
    assertThat(lab.notes()).containsExactly("bad of first", "source interrupted");
    assertThat(run.iteration()).as("the windows's iterations at most").isLessThanOrEqualTo(5);
    assertCancelled(run, "source");
    assertCancelled(run, "bad");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  void instant_gates_waitersAreRemovedAndPermitsReturned() throws Exception {
    var allWait = new CountDownLatch(1);
    Run<Done> run = lab.start(waiters(lab, begun, allWait, OnError.instantFail()));
    for (String waiter : List.of("limited/atGate", "forPermit", "forLock")) {
      FlowLab.until(run, waiter, Phase.QUEUED);
    }
    allWait.countDown();
    FlowLab.ended(run);
    assertFailed(run, "limited/bad");
    assertThat(lab.notes()).containsExactly("bad");
    for (String waiter : List.of("limited/atGate", "forPermit", "forLock")) {
      assertCancelled(run, waiter);
    }
    lab.assertNothingHeld();
  }

  /** {@return a part that fails as it holds all, once told to, and others that wait for that} */
  static Cycle<Done, Done> waiters(
      FlowLab lab, CountDownLatch begun, CountDownLatch mayFail, OnError<String> policy) {
    return Cycle.of(
        "cycle",
        c -> {
          var go = c.act("go", () -> Patience.await(begun));
          c.branch(
              "limited",
              b -> {
                b.sync(Sync.parallel().maxConcurrent(1));
                b.<String>part(
                        "bad",
                        () -> {
                          begun.countDown();
                          Patience.await(mayFail);
                          lab.note("bad");
                          throw new Broken("bad");
                        })
                    .onError(policy)
                    .needs("gpu", 1)
                    .locks("lock");
                b.part("atGate", lab.gives("atGate")).after(go);
              });
          c.part("forPermit", lab.gives("forPermit")).needs("gpu", 1).after(go);
          c.part("forLock", lab.gives("forLock")).locks("lock").after(go);
        });
  }
}
