package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the explanation of a run says, for people. */
final class RunWordsTest {
  private final Scheduler scheduler = Scheduler.open();
  private final Flow flow = Flow.on(scheduler);

  @AfterEach
  void close() {
    flow.close();
    scheduler.close();
  }

  @Test
  void explain_branchWhoseGuardSaysNo_saysSo() throws Exception {
    Run<Done> run =
        flow.start(
            Cycle.of("c", c -> c.branch("side", b -> b.when(_ -> false).part("p", () -> 1))));
    run.await();
    assertThat(run.explain().parts().getFirst().why())
        .containsExactly("was skipped: side/guard said no");
  }

  @Test
  void explain_branchesOfAnIndependentCycle_goOn() throws Exception {
    var goOn = new CountDownLatch(1);
    Run<Done> run =
        flow.start(
            Cycle.of(
                "c",
                c -> {
                  c.sync(Sync.independent().maxConcurrent(1).rate(9, Duration.ofSeconds(2)));
                  for (String name : new String[] {"a", "b"}) {
                    c.branch(name, b -> b.part("p", () -> awaited(goOn)).on(Placement.BLOCKING));
                  }
                }));
    try {
      Patience.until(
          "one waits at the gate", () -> run.explain().toString().contains("1 in use of 1"));
      assertThat(run.explain().toString())
          .startsWith("run \"c-1\": its branches go on\n")
          .contains("waits at the gate of c: 1 in use of 1, 9 in PT2S, 1 wait\n");
    } finally {
      goOn.countDown();
    }
    assertThat(run.await()).isEqualTo(RunStatus.OK);
  }

  private static boolean awaited(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return true;
  }

  @Test
  void explain_partsThatWereUndone_saysSo() throws Exception {
    Run<Done> run =
        flow.start(
            Cycle.of(
                "c",
                c -> {
                  c.undoOnFailure();
                  var a = c.part("a", () -> 1).undoneBy(_ -> {});
                  var b =
                      c.part("b", x -> x, a)
                          .undoneBy(_ -> {
                            throw new IllegalStateException("cannot");
                          });
                  var kept = c.part("kept", x -> x, b);
                  c.act(
                      "fails",
                      _ -> {
                        throw new IllegalStateException("fails");
                      },
                      kept);
                }));
    run.await();
    assertThat(run.explain().parts().subList(0, 3))
        .flatExtracting(RunExplanation.PartExplanation::why)
        .containsExactly(
            "succeeded, and was undone", "succeeded, and could not be undone", "succeeded");
  }

  @Test
  void explain_partThatRuns_saysForHowLong_inWords() throws Exception {
    var goOn = new CountDownLatch(1);
    Run<Done> run =
        flow.start(Cycle.of("c", c -> c.part("p", () -> awaited(goOn)).on(Placement.BLOCKING)));
    try {
      Patience.until("it runs", () -> run.explain().toString().contains("admitted"));
      assertThat(run.explain().parts().getFirst().why().getFirst())
          .matches("admitted (under 1 ms|\\d+ ms|\\d+\\.\\d s) ago");
      assertThat(run.progress().toString()).doesNotContain("PT");
    } finally {
      goOn.countDown();
    }
    run.await();
  }

  @ParameterizedTest
  @CsvSource({
    "999999, under 1 ms",
    "1000000, 1 ms",
    "999999999, 999 ms",
    "1000000000, 1.0 s",
    "3210000000, 3.2 s",
    "119900000000, 119.9 s",
    "120000000000, 2 min",
    "7199000000000, 119 min",
    "7260000000000, 2 h 1 min"
  })
  void elapsed_isToldToAFewDigits(long nanos, String text) {
    assertThat(ElapsedText.of(Duration.ofNanos(nanos))).isEqualTo(text);
  }

  @Test
  void progress_ofAnIndependentCycle_isThatOfTheBranchThatIsFurthestBehind() throws Exception {
    var slow = new Semaphore(2);
    var fast = new Semaphore(5);
    Run<Done> run =
        flow.start(
            Cycle.of(
                "c",
                c -> {
                  c.sync(Sync.independent());
                  c.loop(Loop.forever());
                  c.branch("fast", b -> b.act("p", fast::acquire).on(Placement.BLOCKING));
                  c.branch("slow", b -> b.act("p", slow::acquire).on(Placement.BLOCKING));
                }));
    Patience.until("fast has run 5 times", () -> run.iteration() == 6);
    Patience.until("slow has run twice", () -> run.progress().iterations() == 2);
    assertThat(run.progress().iteration()).isEqualTo(3);
    slow.release(10);
    Patience.until("now fast is behind", () -> run.progress().iterations() == 5);
    run.close();
  }
}
