package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Threads of a pool find whatever there is to run. */
class PoolThreadsTest {
  @Test
  void poolThreadsAllBlockedOnALock_itsHolderStillGetsAThread() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        var workers = new Workers()) {
      var holds = new CountDownLatch(1);
      var give = new CountDownLatch(1);
      workers.start(() -> {
        LockLease lease = scheduler.locks().acquire("l");
        holds.countDown();
        Patience.await(give);
        lease.close();
      });
      Patience.await(holds);
      Event declared = scheduler.submit(t -> t.locks("l").deadline(seconds(1)), () -> {});
      Patience.until("waits", () -> scheduler.explain(declared).phase() == TaskPhase.LOCKS);
      var runs = new CountDownLatch(1);
      Event dynamic =
          scheduler.submit(() -> {
            runs.countDown();
            scheduler.locks().acquire("l").close();
          });
      Patience.await(runs);
      Patience.until(
          "blocks",
          () ->
              scheduler.events().waitGraph().edges().stream()
                  .anyMatch(edge -> edge.how().equals("await")));
      give.countDown();
      boolean ended = dynamic.await(Patience.LONG);
      dynamic.tryPoison("give up");
      assertThat(ended).as("declared is %s", declared).isTrue();
    }
  }

  @Test
  void oneThreadBusy_entryPostedWhileStatisticsAreRead_isStillRun() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2));
        var workers = new Workers()) {
      var over = new CountDownLatch(1);
      workers.start(() -> {
        while (over.getCount() > 0) {
          scheduler.stats();
        }
      });
      for (int i = 0; i < 20_000; i++) {
        assertThat(scheduler.submit(() -> {}).await(Patience.LONG)).isTrue();
      }
      over.countDown();
    }
  }
}
