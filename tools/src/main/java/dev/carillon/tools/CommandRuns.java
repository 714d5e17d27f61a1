package dev.carillon.tools;

import dev.carillon.bus.Message;
import dev.carillon.schedule.Retry;
import dev.carillon.source.FileChange;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs a command for each change, or for all that have come. */
final class CommandRuns implements WatchedCommands {
  /*
   * The bus hands over the changes of one path in order, one at a time; of all paths, where a run is
   * for all. Each was noted as pending when it was published. So the first message that is handled
   * finds what it stands for pending, with all that came since, and runs the command for that; those
   * behind it find nothing, and are handled as well. What comes while the command runs is pending
   * again: there is one run after it, however much comes.
   *
   * A message that is not taken care of fails, which stops the source before it moves past: when
   * the watch ends before the command does, or fails and that is to be the end of it. A command that
   * has failed otherwise is told, and taken care of by that.
   */
  /** When Ctrl-C ends a command, this program is told at the same time, or a little later. */
  private static final Duration SIMULTANEOUS = Duration.ofMillis(250);

  private static final Set<Integer> BY_SIGNAL = Set.of(128 + 2, 128 + 15); // INT, TERM

  private final WatchPlan plan;
  private final PendingChanges pending;
  private final Starter starter;
  private final Consumer<RunEnded> told;
  private final Retry retry;
  private final Set<Thread> active = new HashSet<>(); // guarded by itself
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Tells {@code told} of each end of a command. */
  CommandRuns(WatchPlan plan, PendingChanges pending, Starter starter, Consumer<RunEnded> told) {
    this.plan = plan;
    this.pending = pending;
    this.starter = starter;
    this.told = told;
    this.retry =
        plan.retry()
            .withRetryable(e -> e instanceof RunFailedException failed && !failed.run().isLast());
  }

  @Override
  public void handle(Message<FileChange> message) throws Exception {
    enter();
    try {
      Optional<WatchTrigger> trigger =
          plan.mode() == WatchPlan.Mode.BATCH ? nextBatch() : next(message.payload());
      if (trigger.isPresent()) {
        run(trigger.get());
      }
    } finally {
      leave();
    }
  }

  private Optional<WatchTrigger> next(FileChange change) {
    return pending
        .take(change.path())
        .filter(taken -> plan.events().contains(taken.event()))
        .map(taken -> WatchTrigger.of(plan.root(), taken));
  }

  private Optional<WatchTrigger> nextBatch() throws InterruptedException {
    if (pending.isEmpty()) {
      return Optional.empty();
    }
    pending.awaitQuiet(plan.debounce(), plan.mostQuiet());
    List<WatchedChange> wanted = plan.wanted(pending.takeAll());
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(WatchTrigger.ofAll(plan.root(), "batch", wanted));
  }

  private void run(WatchTrigger trigger) throws Exception {
    var attempts = new AtomicInteger();
    try {
      retry.call(() -> attempt(trigger, attempts.incrementAndGet()));
    } catch (RunFailedException e) {
      if (plan.failsFast()) {
        closed.countDown(); // what runs may end, and nothing more begins
        throw e;
      }
    }
  }

  private RunEnded attempt(WatchTrigger trigger, int attempt) throws Exception {
    RunEnded run = execute(trigger, attempt);
    if (BY_SIGNAL.contains(run.exitCode())
        && closed.await(SIMULTANEOUS.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("the watch ends, and the command with it");
    }
    told.accept(run);
    if (!run.isFine()) {
      throw new RunFailedException(run);
    }
    return run;
  }

  private RunEnded execute(WatchTrigger trigger, int attempt) throws InterruptedException {
    var run = new RunBegun(trigger, attempt, attempt >= plan.retry().maxAttempts());
    Child child;
    try {
      child = starter.start(trigger, attempt);
    } catch (IOException e) {
      return run.notStarted(e);
    }
    Duration timeout = plan.timeout();
    try {
      if (timeout == null) {
        child.awaitEnd();
      } else if (!child.await(timeout)) {
        child.end(plan.grace());
        return run.ended(RunEnded.TIMED_OUT);
      }
      return run.ended(child.exitCode());
    } catch (InterruptedException e) {
      child.end(plan.grace());
      throw e;
    }
  }

  private void enter() throws InterruptedException {
    synchronized (active) {
      if (closed.getCount() == 0) {
        throw new InterruptedException("the watch ends");
      }
      active.add(Thread.currentThread());
    }
  }

  private void leave() {
    synchronized (active) {
      active.remove(Thread.currentThread());
    }
  }

  /** Ends the commands that run, and begins no more. */
  @Override
  public void close() {
    synchronized (active) {
      closed.countDown();
      active.forEach(Thread::interrupt);
    }
  }
}
