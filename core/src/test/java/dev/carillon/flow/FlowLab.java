package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.function.Fn0;
import dev.carillon.function.Fn1;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import dev.carillon.schedule.SchedulerStats;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/**
 * A flow on a scheduler of its own, and a note of what its parts do. Closing it checks that locks
 * and permits have been given back.
 */
final class FlowLab implements AutoCloseable {
  /** So many parts can run at once. */
  static final int THREADS = 4;

  final Scheduler scheduler;
  final Flow flow;
  private final Queue<String> done = new ConcurrentLinkedQueue<>();

  /** What a part of a test fails with. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message);
    }
  }

  FlowLab() {
    this(config -> config);
  }

  FlowLab(UnaryOperator<SchedulerConfig> configure) {
    scheduler = Scheduler.open(c -> configure.apply(c.withCpuThreads(THREADS)));
    flow = Flow.on(scheduler);
  }

  /** Notes something. */
  void note(String what) {
    done.add(what);
  }

  /** {@return what was noted, in that order} */
  List<String> notes() {
    return List.copyOf(done);
  }

  /** {@return how often something was noted} */
  long count(String what) {
    return done.stream().filter(what::equals).count();
  }

  /** {@return work that notes that it was called, and gives that} */
  Fn0<String> gives(String what) {
    return () -> {
      note(what);
      return what;
    };
  }

  /** {@return work that notes what it was given, and gives that with its own name} */
  <A> Fn1<A, String> takes(String what) {
    return value -> {
      note(what + " of " + value);
      return what + " of " + value;
    };
  }

  /** {@return work that notes that it was called, and fails} */
  <T> Fn0<T> fails(String what) {
    return () -> {
      note(what);
      throw new Broken(what);
    };
  }

  /** {@return work that fails as soon as another has begun} */
  <T> Fn0<T> failsAfter(CountDownLatch other, String what) {
    return () -> {
      Patience.await(other);
      note(what);
      throw new Broken(what);
    };
  }

  /** {@return work that tells that it has begun, and then waits until it is interrupted} */
  Fn0<String> waitsFor(CountDownLatch begun, String what) {
    return () -> {
      begun.countDown();
      try {
        Patience.await(new CountDownLatch(1));
      } catch (InterruptedException e) {
        note(what + " interrupted");
        throw e;
      }
      return what;
    };
  }

  /** {@return work that meets others: all of them run at once, or it fails} */
  Fn0<String> meets(CountDownLatch all, String what) {
    return () -> {
      all.countDown();
      Patience.await(all);
      note(what);
      return what;
    };
  }

  /** Waits, whatever interrupts. */
  static void waitStubbornly(CountDownLatch until) {
    boolean isOpen = false;
    while (!isOpen) {
      try {
        until.await();
        isOpen = true;
      } catch (InterruptedException e) {
        isOpen = false; // takes no notice
      }
    }
  }

  /** {@return retries without a pause} */
  static UnaryOperator<Retry> atOnce(int attempts) {
    return retry -> retry.withMaxAttempts(attempts).withBackoff(Backoff.fixed(Duration.ZERO));
  }

  /** {@return retries after a pause} */
  static UnaryOperator<Retry> after(Duration pause, int attempts) {
    return retry -> retry.withMaxAttempts(attempts).withBackoff(Backoff.fixed(pause));
  }

  <O> Run<O> start(Cycle<Done, O> cycle) {
    return flow.start(cycle);
  }

  /** Runs a cycle to its end. */
  <O> Run<O> finish(Cycle<Done, O> cycle) throws InterruptedException {
    return ended(flow.start(cycle));
  }

  /** Waits until a run has ended. */
  static <O> Run<O> ended(Run<O> run) throws InterruptedException {
    if (run.await(Patience.LONG).isEmpty()) {
      throw new AssertionError("the run did not end: " + run.explain());
    }
    return run;
  }

  /** {@return what a part does right now} */
  static RunExplanation.PartExplanation now(Run<?> run, String part) {
    return run.explain().parts().stream()
        .filter(each -> each.name().equals(part))
        .findFirst()
        .orElseThrow();
  }

  /** Waits until a part is in a phase. */
  static void until(Run<?> run, String part, RunExplanation.Phase phase) throws Exception {
    Patience.until(part + " is " + phase, () -> now(run, part).phase() == phase);
  }

  static Outcome<?> outcome(Run<?> run, String part) {
    return run.outcome(part).orElseThrow(() -> new AssertionError("no outcome: " + part));
  }

  static void assertSuccess(Run<?> run, String part) {
    assertThat(outcome(run, part)).as(part).isInstanceOf(Outcome.Success.class);
  }

  static void assertFailed(Run<?> run, String part) {
    assertThat(outcome(run, part)).as(part).isInstanceOf(Outcome.Failed.class);
  }

  static void assertCancelled(Run<?> run, String part) {
    assertThat(outcome(run, part)).as(part).isInstanceOf(Outcome.Cancelled.class);
  }

  static void assertSkipped(Run<?> run, String part, Outcome.Why why) {
    assertThat(outcome(run, part))
        .as(part)
        .isInstanceOfSatisfying(
            Outcome.Skipped.class, skipped -> assertThat(skipped.why()).isEqualTo(why));
  }

  /** Fails if anything is still held once all is at rest. */
  void assertNothingHeld() throws InterruptedException {
    assertThat(scheduler.awaitIdle(Patience.LONG)).as("idle").isTrue();
    SchedulerStats stats = scheduler.stats();
    assertThat(stats.locksHeld()).as("locks held").isZero();
    assertThat(stats.permitsFree()).isEqualTo(scheduler.config().resources());
  }

  @Override
  public void close() {
    flow.close();
    try {
      assertNothingHeld();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while looking what is held", e);
    }
    scheduler.close();
  }
}
