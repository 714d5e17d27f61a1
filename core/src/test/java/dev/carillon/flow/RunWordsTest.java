package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
}
