package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The cycle that shows what the failure of a part means, for each cell of the table. */
final class ErrorTable {
  private final FlowLab lab;

  ErrorTable(FlowLab lab) {
    this.lab = lab;
  }

  /**
   * {@return a run of three iterations at most, of a part that fails, one that depends on it, one
   * that runs while it fails, and one that comes after it}
   */
  Run<Done> runWith(OnError<String> policy) throws InterruptedException {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3));
              var iteration = new AtomicInteger();
              var badHasEnded = new CountDownLatch[] {latch(), latch(), latch()};
              var besideBegan = new CountDownLatch[] {latch(), latch(), latch()};
              var bad =
                  c.<String>partWith(
                          "bad",
                          context -> {
                            Patience.await(besideBegan[(int) context.iteration() - 1]);
                            lab.note("bad");
                            throw new Broken("bad");
                          })
                      .onError(policy);
              c.part("dependant", lab.takes("dependant"), bad);
              c.part(
                  "beside",
                  () -> {
                    int now = iteration.getAndIncrement();
                    besideBegan[now].countDown();
                    try {
                      Patience.await(badHasEnded[now]);
                    } catch (InterruptedException e) {
                      lab.note("beside interrupted");
                      throw e;
                    }
                    return "beside";
                  });
              c.partWith(
                      "later",
                      context -> {
                        badHasEnded[(int) context.iteration() - 1].countDown();
                        return "later";
                      })
                  .after(bad);
            }));
  }

  static CountDownLatch latch() {
    return new CountDownLatch(1);
  }

  static void assertOthersFinish(Run<?> run) {
    assertSuccess(run, "beside");
    assertSuccess(run, "later");
  }

  void assertOthersCancelled(Run<?> run) {
    assertThat(lab.notes()).contains("beside interrupted");
    assertCancelled(run, "beside");
    assertCancelled(run, "later");
  }

  static void assertCause(Run<?> run) {
    assertThat(run.failures()).isNotEmpty();
    assertThat(run.failures().getFirst().part()).isEqualTo("bad");
    assertThat(run.failures().getFirst().cause()).isInstanceOf(Broken.class);
  }
}
