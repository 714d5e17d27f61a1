package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Retry;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether an attempt that failed was the last is known before anything it held is given back. */
@Covers("S34")
class LastAttemptTest {

  private static OnError<Integer> tries(int attempts, Predicate<Throwable> retryable) {
    return OnError.retry(
        r ->
            r.withMaxAttempts(attempts)
                .withBackoff(Backoff.fixed(Duration.ZERO))
                .withRetryable(retryable),
        OnError.instantFail());
  }

  /** {@return the only gate of a run, which may be known a moment later} */
  private static GateBoard.GateState gate(AtomicReference<LocalRun<?>> run) throws Exception {
    Patience.until("the run is known", () -> run.get() != null);
    return run.get().gates().gates().getFirst();
  }

  @Test
  void retry_thatEndsEarlyInAnInstantFail_stopsTheRunBeforeItsGateIsOpen() throws Exception {
    var run = new AtomicReference<LocalRun<?>>();
    var asked = new AtomicInteger();
    var isHeld = new AtomicBoolean();
    var secondRan = new AtomicBoolean();
    Predicate<Throwable> never =
        _ -> {
          asked.incrementAndGet();
          GateBoard.GateState gate = run.get().gates().gates().getFirst();
          isHeld.set(gate.inUse() == 1 && gate.waiting() == 1);
          return false;
        };
    Cycle<Done, Done> cycle =
        Cycle.of(
            "gated",
            c -> {
              c.sync(Sync.parallel().maxConcurrent(1));
              c.<Integer>part(
                      "first",
                      () -> {
                        Patience.until("the other waits", () -> gate(run).waiting() == 1);
                        throw new FlowLab.Broken("first");
                      })
                  .onError(tries(5, never));
              c.act("second", () -> secondRan.set(true))
                  .when(_ -> {
                    Patience.until("the first has the gate", () -> gate(run).inUse() == 1);
                    return true;
                  });
            });
    try (var house = new LeakCheck(3)) {
      run.set(house.start(cycle, Done.DONE, new StepLedger()));
      assertThat(LeakCheck.end(run.get())).isEqualTo(RunStatus.ERROR);
      assertThat(asked).hasValue(1);
      assertThat(isHeld).isTrue();
      assertThat(secondRan).isFalse();
      FlowLab.assertCancelled(run.get(), "second");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "blocking", "caller"})
  void cancel_thePolicyAsksAndHangs_isGivenUp(String pool) throws Exception {
    var begun = new CountDownLatch(1);
    var mayLeave = new CountDownLatch(1);
    Placement where = pool.equals("caller") ? Placement.CALLER : Placement.on(pool);
    try (var house = new LeakCheck(1)) {
      Cycle<Done, Integer> cycle =
          Cycle.supply(
              "asks",
              c ->
                  c.<Integer>part(
                          "part",
                          () -> {
                            throw new FlowLab.Broken("part");
                          })
                      .on(where)
                      .onError(
                          tries(
                              2,
                              _ -> {
                                begun.countDown();
                                FlowLab.waitStubbornly(mayLeave);
                                return true;
                              })));
      var ledger = new StepLedger();
      LocalRun<Integer> run = house.start(cycle, Done.DONE, ledger);
      Patience.await(begun);
      run.cancel();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      mayLeave.countDown();
      Patience.until("the late thread is back", () -> house.scheduler.stats().held() == 0);
      ledger.assertComplete(run);
      FlowLab.assertCancelled(run, "part");
    } finally {
      mayLeave.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "blocking", "caller"})
  void retry_budget_countsTheFirstAttempt(String pool) throws Exception {
    var clock = new ManualClock();
    var calls = new AtomicInteger();
    Retry policy =
        Retry.of(r -> r.withMaxAttempts(3).withBackoff(Backoff.fixed(Duration.ZERO)))
            .withBudget(Duration.ofSeconds(5));
    Placement where = pool.equals("caller") ? Placement.CALLER : Placement.on(pool);
    try (var lab = new FlowLab(c -> c.withClock(clock))) {
      Run<Integer> run =
          lab.finish(
              Cycle.supply(
                  "late",
                  c ->
                      c.<Integer>part(
                              "part",
                              () -> {
                                calls.incrementAndGet();
                                clock.advance(Duration.ofSeconds(10));
                                throw new FlowLab.Broken("part");
                              })
                          .on(where)
                          .onError(OnError.retry(_ -> policy))));
      assertThat(run.status()).isEqualTo(RunStatus.ERROR);
      assertThat(calls).hasValue(1);
    }
  }
}
