package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a failure means that ends something: each cell of the table of error modes. */
class ErrorModeTest {
  private final FlowLab lab = new FlowLab();

  private final ErrorTable table = new ErrorTable(lab);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── instant fail ──

  @Test
  @Covers("S31")
  void instantFail_outcome_isFailed() throws Exception {
    Run<Done> run = table.runWith(OnError.instantFail());
    assertFailed(run, "bad");
    ErrorTable.assertCause(run);
  }

  @Test
  @Covers("S31")
  void instantFail_dependants_areCancelled() throws Exception {
    assertCancelled(table.runWith(OnError.instantFail()), "dependant");
  }

  @Test
  @Covers("S31")
  void instantFail_others_areInterruptedAndCancelled() throws Exception {
    table.assertOthersCancelled(table.runWith(OnError.instantFail()));
  }

  @Test
  @Covers("S31")
  void instantFail_loop_isErrorAndStops() throws Exception {
    Run<Done> run = table.runWith(OnError.instantFail());
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.iteration()).isEqualTo(1);
    assertThat(run.failureCount()).isEqualTo(1);
  }

  // ── clean fail ──

  @Test
  @Covers("S32")
  void cleanFail_outcome_isFailed() throws Exception {
    Run<Done> run = table.runWith(OnError.cleanFail());
    assertFailed(run, "bad");
    ErrorTable.assertCause(run);
  }

  @Test
  @Covers("S32")
  void cleanFail_dependants_areSkipped() throws Exception {
    assertSkipped(table.runWith(OnError.cleanFail()), "dependant", Outcome.Why.UPSTREAM);
  }

  @Test
  @Covers("S32")
  void cleanFail_others_finish() throws Exception {
    ErrorTable.assertOthersFinish(table.runWith(OnError.cleanFail()));
  }

  @Test
  @Covers("S32")
  void cleanFail_loop_isErrorAndStopsByDefault() throws Exception {
    Run<Done> run = table.runWith(OnError.cleanFail());
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.iteration()).isEqualTo(1);
  }

  @Test
  @Covers("S32")
  void cleanFail_nothingSaid_isTheDefault() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of("cycle", c -> c.act("after", _ -> {}, c.part("bad", lab.fails("bad")))));
    assertFailed(run, "bad");
    assertSkipped(run, "after", Outcome.Why.UPSTREAM);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S32")
  void cleanFail_loopGoesOn_failsEachTimeAndEndsWithError() throws Exception {
    Run<Done> run = failing(Loop.times(4).afterFailure(Loop.AfterFailure.goOn(noPause())));
    assertThat(run.iteration()).isEqualTo(4);
    assertThat(run.failureCount()).isEqualTo(4);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers("S32")
  void cleanFail_loopStopsAfterSome_countsThoseInARowOnly() throws Exception {
    Loop loop = Loop.times(20).afterFailure(Loop.AfterFailure.stopAfter(3, noPause()));
    assertThat(failing(loop).iteration()).isEqualTo(3);
    Run<Done> everySecond =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(loop.atMost(7));
                  c.partWith(
                      "bad",
                      context -> {
                        if (context.iteration() % 2 == 0) {
                          return "good";
                        }
                        throw new Broken("bad");
                      });
                }));
    assertThat(everySecond.iteration()).isEqualTo(7);
    assertThat(everySecond.failureCount()).isEqualTo(4);
  }

  private static Backoff noPause() {
    return Backoff.fixed(Duration.ZERO);
  }

  private Run<Done> failing(Loop loop) throws InterruptedException {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(loop);
              c.part("bad", lab.fails("bad"));
            }));
  }

  // ── skip ──

  @Test
  @Covers("S33")
  void skip_outcome_isSkippedByItself() throws Exception {
    Run<Done> run = table.runWith(OnError.skip());
    assertSkipped(run, "bad", Outcome.Why.OWN);
    assertThat(outcome(run, "bad").failure()).containsInstanceOf(Broken.class);
  }

  @Test
  @Covers("S33")
  void skip_dependants_areSkipped() throws Exception {
    assertSkipped(table.runWith(OnError.skip()), "dependant", Outcome.Why.UPSTREAM);
  }

  @Test
  @Covers("S33")
  void skip_others_finish() throws Exception {
    ErrorTable.assertOthersFinish(table.runWith(OnError.skip()));
  }

  @Test
  @Covers("S33")
  void skip_loop_isOkAndGoesOn() throws Exception {
    Run<Done> run = table.runWith(OnError.skip());
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.iteration()).isEqualTo(3);
    assertThat(run.failureCount()).isEqualTo(3);
  }

  // ── stop quietly ──

  @Test
  @Covers("S33")
  void stopQuietly_outcome_isSkippedByItself() throws Exception {
    assertSkipped(table.runWith(OnError.stopQuietly()), "bad", Outcome.Why.OWN);
  }

  @Test
  @Covers("S33")
  void stopQuietly_dependants_areCancelled() throws Exception {
    assertCancelled(table.runWith(OnError.stopQuietly()), "dependant");
  }

  @Test
  @Covers("S33")
  void stopQuietly_others_areInterruptedAndCancelled() throws Exception {
    table.assertOthersCancelled(table.runWith(OnError.stopQuietly()));
  }

  @Test
  @Covers("S33")
  void stopQuietly_loop_isOkAndStops() throws Exception {
    Run<Done> run = table.runWith(OnError.stopQuietly());
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.iteration()).isEqualTo(1);
  }
}
