package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.after;
import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retries under each of the modes of synchronisation; what takes time is the testkit's to show. */
@Covers("S34")
class CombinationRetryTest {
  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  /** {@return what fails until an attempt} */
  private String goodAt(int attempt, PartContext context) {
    lab.note("attempt " + context.attempt());
    if (context.attempt() < attempt) {
      throw new Broken("attempt " + context.attempt());
    }
    return "good";
  }

  @Test
  void retry_level_waitsForTheLastAttempt() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.level());
                  c.partWith("bad", context -> goodAt(3, context))
                      .onError(OnError.retry(atOnce(3)));
                  c.part("deep", _ -> lab.gives("deep").call(), c.part("good", () -> "good"));
                }));
    assertThat(lab.notes()).containsExactly("attempt 1", "attempt 2", "attempt 3", "deep");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  void retry_parallel_itsBranchWaits_theOtherRuns() throws Exception {
    var otherIsDone = new CountDownLatch(1);
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
                              b -> {
                                var bad =
                                    b.partWith(
                                            "bad",
                                            context -> {
                                              if (context.attempt() == 2) {
                                                Patience.await(otherIsDone);
                                              }
                                              return goodAt(2, context);
                                            })
                                        .onError(OnError.retry(atOnce(2)));
                                b.part("next", lab.takes("next"), bad);
                              });
                          s.branch("b", b -> b.act("other", otherIsDone::countDown));
                        })));
    assertThat(lab.notes()).containsExactly("attempt 1", "attempt 2", "next of good");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  void retry_sequential_theSuccessorWaits() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.sequential());
              c.partWith("bad", context -> goodAt(3, context)).onError(OnError.retry(atOnce(5)));
              c.branch("branch", b -> b.part("last", lab.gives("last")));
            }));
    assertThat(lab.notes()).containsExactly("attempt 1", "attempt 2", "attempt 3", "last");
  }

  @Test
  void retry_independent_onlyItsBranchWaits() throws Exception {
    var wentOn = new CountDownLatch(3);
    var isInBackoff = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
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
                                b.partWith("bad", context -> goodAt(2, context))
                                    .onError(OnError.retry(after(Duration.ofDays(1), 2))));
                        s.branch(
                            "b",
                            b ->
                                b.act(
                                    "other",
                                    () -> {
                                      if (isInBackoff.getCount() == 0) {
                                        wentOn.countDown();
                                      }
                                    }));
                      });
                }));
    FlowLab.until(run, "split/a/bad", Phase.BACKOFF);
    isInBackoff.countDown();
    Patience.until("the others went on", () -> wentOn.getCount() == 0);
    Patience.until("the loop is over", () -> run.progress().iterations() == 2);
    assertThat(run.outcome("split/a/bad")).isEmpty();
    assertThat(run.isOver()).as("it finishes its iteration first").isFalse();
    run.cancel();
    FlowLab.ended(run);
    assertCancelled(run, "split/a/bad");
    assertSuccess(run, "main");
    assertThat(lab.notes()).containsExactly("attempt 1");
  }
}
