package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.after;
import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.schedule.Backoff;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parts that take too long, and those that do not stop when told to. */
class PartTimeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final FlowLab lab = new FlowLab(c -> c.withClock(clock).withGrace(SECOND));
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayLeave = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    mayLeave.countDown();
    lab.close();
  }

  /** Begins, and takes no notice of interrupts until it may leave. */
  private String ignoreInterrupts() {
    begun.countDown();
    FlowLab.waitStubbornly(mayLeave);
    lab.note("left");
    return "late";
  }

  /** Lets time pass until a run has ended. */
  private void pass(Run<?> run) throws Exception {
    Patience.until(
        "the run has ended",
        () -> {
          clock.advance(Duration.ofMillis(100));
          return run.isOver();
        });
  }

  // ── timeouts ──

  @Test
  @Covers({"S18", "S34"})
  void attempt_tooLong_isInterrupted_andTriedAgain() throws Exception {
    Run<String> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c ->
                    c.partWith(
                            "part",
                            context ->
                                context.attempt() == 1
                                    ? lab.waitsFor(begun, "part").call()
                                    : "good")
                        .attempt(SECOND)
                        .onError(OnError.retry(atOnce(2)))));
    Patience.await(begun);
    clock.advance(SECOND.minusMillis(1));
    assertThat(lab.notes()).isEmpty();
    clock.advance(Duration.ofMillis(2));
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("part interrupted");
    assertThat(run.output()).contains("good");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S18")
  void attempt_tooLong_withoutRetry_isAFailureThatSaysSo() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of("cycle", c -> c.part("part", lab.waitsFor(begun, "part")).attempt(SECOND)));
    Patience.await(begun);
    clock.advance(SECOND.plusMillis(1));
    FlowLab.ended(run);
    assertThat(outcome(run, "part").failure().orElseThrow())
        .isInstanceOf(PartTimeoutException.class)
        .hasMessageContaining("part=part")
        .hasMessageContaining("attempt=PT1S");
  }

  @Test
  @Covers({"S18", "S34"})
  void within_overWhileItRuns_isInterrupted_andNotTriedAgain() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", lab.waitsFor(begun, "part"))
                        .within(SECOND)
                        .onError(OnError.retry(atOnce(9)))));
    Patience.await(begun);
    clock.advance(SECOND.plusMillis(1));
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("part interrupted");
    assertThat(outcome(run, "part").failure().orElseThrow())
        .isInstanceOf(PartTimeoutException.class)
        .hasMessageContaining("within=PT1S");
    assertThat(run.failures().getFirst().attempts()).isEqualTo(1);
  }

  @Test
  @Covers({"S18", "S34"})
  void within_overInThePause_isOver() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", lab.fails("part"))
                        .within(Duration.ofMillis(2_500))
                        .onError(OnError.retry(after(SECOND, 99)))));
    FlowLab.until(run, "part", Phase.BACKOFF);
    clock.advance(SECOND.plusMillis(1));
    Patience.until("it was tried again", () -> lab.count("part") == 2);
    FlowLab.until(run, "part", Phase.BACKOFF);
    clock.advance(SECOND.plusMillis(1));
    FlowLab.ended(run);
    assertThat(lab.count("part")).as("a fourth would end too late").isEqualTo(3);
    assertThat(outcome(run, "part").failure()).containsInstanceOf(Broken.class);
  }

  @Test
  @Covers("S18")
  void within_overAtAGate_endsAPartThatNeverRan() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  var go = c.act("go", () -> Patience.await(begun));
                  c.branch(
                      "limited",
                      b -> {
                        b.sync(Sync.parallel().maxConcurrent(1));
                        b.act(
                            "first",
                            () -> {
                              begun.countDown();
                              Patience.await(mayLeave);
                            });
                        b.part("second", lab.gives("second")).within(SECOND).after(go);
                      });
                }));
    FlowLab.until(run, "limited/second", Phase.QUEUED);
    clock.advance(SECOND.plusMillis(1));
    Patience.until("it has ended", () -> run.outcome("limited/second").isPresent());
    mayLeave.countDown();
    FlowLab.ended(run);
    assertThat(outcome(run, "limited/second").failure())
        .containsInstanceOf(PartTimeoutException.class);
    assertSuccess(run, "limited/first");
    assertThat(lab.notes()).isEmpty();
  }

  // ── abandoned ──

  @Test
  @Covers("S18")
  void attempt_ignoresInterrupts_outcomeIsFixed_itsLockStaysHeldUntilItLeaves() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> c.part("part", this::ignoreInterrupts).attempt(SECOND).locks("lock")));
    Patience.await(begun);
    clock.advance(SECOND.plusMillis(1));
    assertThat(run.outcome("part")).as("in the time of grace").isEmpty();
    clock.advance(SECOND.plusMillis(1));
    FlowLab.ended(run);
    assertFailed(run, "part");
    assertThat(lab.scheduler.stats().locksHeld()).isEqualTo(1);
    mayLeave.countDown();
    lab.assertNothingHeld();
    assertThat(lab.notes()).containsExactly("left");
    assertFailed(run, "part");
  }

  @Test
  @Covers({"S18", "S40"})
  void attempt_abandoned_whatItWritesAndReturnsLaterIsIgnored() throws Exception {
    var key = Key.ofRun("key", String.class, "initial");
    var refusal = new AtomicReference<Throwable>();
    var wasCancelled = new AtomicBoolean();
    Run<String> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c -> {
                  var part =
                      c.partWith(
                              "part",
                              context -> {
                                context.write(key, "early");
                                String late = ignoreInterrupts();
                                wasCancelled.set(context.isCancelled());
                                try {
                                  context.write(key, "late");
                                } catch (IllegalStateException e) {
                                  refusal.set(e);
                                }
                                return late;
                              })
                          .writes(key)
                          .attempt(SECOND)
                          .onError(OnError.fallback("default"));
                  return c.partWith(
                          "reader", (context, value) -> context.read(key) + " " + value, part)
                      .reads(key);
                }));
    Patience.await(begun);
    clock.advance(SECOND.plusMillis(1));
    clock.advance(SECOND.plusMillis(1));
    FlowLab.ended(run);
    assertThat(run.output()).contains("initial default");
    mayLeave.countDown();
    lab.assertNothingHeld();
    assertThat(wasCancelled).isTrue();
    assertThat(refusal.get()).hasMessageContaining("attempt");
    assertThat(run.output()).contains("initial default");
  }

  @Test
  @Covers({"S18", "S30"})
  void attempt_abandoned_theNextIterationWaitsForItsLock() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  var goOn = Loop.AfterFailure.goOn(Backoff.fixed(Duration.ZERO));
                  c.loop(Loop.times(2).afterFailure(goOn));
                  c.partWith(
                          "part",
                          context ->
                              context.iteration() == 1
                                  ? ignoreInterrupts()
                                  : lab.gives("second").call())
                      .attempt(Duration.ofHours(1))
                      .locks("lock");
                }));
    Patience.await(begun);
    clock.advance(Duration.ofHours(1).plusMillis(1));
    clock.advance(SECOND.plusMillis(1));
    Patience.until("the second has begun", () -> run.iteration() == 2);
    FlowLab.until(run, "part", Phase.QUEUED);
    assertThat(lab.notes()).isEmpty();
    mayLeave.countDown();
    FlowLab.ended(run);
    assertThat(lab.notes()).containsExactly("left", "second");
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @Test
  @Covers({"S18", "S30"})
  void cancel_partThatIgnoresInterrupts_isLeftBehindAfterTheTimeOfGrace() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> c.part("next", lab.takes("next"), c.part("part", this::ignoreInterrupts))));
    Patience.await(begun);
    run.cancel();
    assertThat(run.isOver()).isFalse();
    pass(run);
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    assertCancelled(run, "part");
    assertCancelled(run, "next");
    mayLeave.countDown();
    lab.assertNothingHeld();
    assertThat(lab.notes()).containsExactly("left");
    assertCancelled(run, "part");
  }

  @Test
  @Covers({"S18", "S30"})
  void cancel_partWithALock_keepsItUntilItLeaves() throws Exception {
    Run<Done> run =
        lab.start(Cycle.of("cycle", c -> c.part("part", this::ignoreInterrupts).locks("lock")));
    Patience.await(begun);
    run.cancel();
    pass(run);
    assertCancelled(run, "part");
    assertThat(lab.scheduler.stats().locksHeld()).isEqualTo(1);
    mayLeave.countDown();
    lab.assertNothingHeld();
  }
}
