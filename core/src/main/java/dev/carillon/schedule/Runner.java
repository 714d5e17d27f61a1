package dev.carillon.schedule;

import dev.carillon.event.Poison;
import dev.carillon.time.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes tasks from the pick to the end: what they need, their attempts, their outcome. */
final class Runner {
  /*
   * picked -> permits -> locks -> gates -> attempt -> outcome, each step going on at once if it can,
   * else on the thread that takes the obstacle away. Permits come before locks: a task that waits
   * for permits holds no lock, so that locks stay a total order with permits below all of them.
   *
   * After an attempt the permits and locks are given back first and the event is completed then, so
   * that whoever waits for the event finds them free. A task that fails and is tried again gives
   * them back as well; its key it keeps, as order would be lost otherwise.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private static final Gate.Admission.Pass[] NO_PASSES = {};

  /** The task that a thread runs, of whatever scheduler. */
  private static final ThreadLocal<@Nullable TaskRun> CURRENT = new ThreadLocal<>();

  /** Tasks for a thread that is on the way of ending another, which comes first. */
  private static final ThreadLocal<@Nullable ArrayDeque<TaskRun>> FOLLOWING = new ThreadLocal<>();

  private final LocalScheduler scheduler;

  Runner(LocalScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** {@return the task that the calling thread runs, or null} */
  @Nullable TaskRun current() {
    TaskRun task = CURRENT.get();
    return task != null && task.scheduler.equals(scheduler) && task.isRunningHere() ? task : null;
  }

  /** {@return whether the calling thread is at work on a task, or on what follows from its end} */
  boolean isAtWork() {
    TaskRun task = CURRENT.get();
    return task != null && task.scheduler.equals(scheduler);
  }

  /** Goes on with a task whose turn it is. */
  void picked(TaskRun task, long now) {
    if (!scheduler.isOpen()) {
      task.event.tryPoison(LocalScheduler.CLOSED); // closing has not come to it yet
    }
    if (task.cancelled) {
      clear(task);
      return;
    }
    if (now > task.deadline && task.attempts == 0 && !isInTime(task, now)) {
      return;
    }
    if (acquire(task, now)) {
      attempt(task, now);
    }
  }

  /** Applies the policy for tasks that are late: {@return whether the task goes on} */
  private boolean isInTime(TaskRun task, long now) {
    return switch (task.options.late()) {
      case RUN -> true;
      case DOWNGRADE -> !downgrade(task, now);
      case DROP -> !drop(task, now);
    };
  }

  private boolean downgrade(TaskRun task, long now) {
    Pool pool = task.pool;
    if (pool == null || task.downgraded || task.isUrged()) {
      return false;
    }
    task.downgraded = true;
    release(task); // others may be on time with it
    int lowest = scheduler.config().bands() - 1;
    task.downgrade(scheduler.dueWithoutDeadline(now, lowest), lowest);
    task.enter(TaskPhase.QUEUED, now);
    scheduler.counts().downgraded.increment();
    pool.post(Shard.Message.AGAIN, task);
    return true;
  }

  private boolean drop(TaskRun task, long now) {
    task.enter(TaskPhase.QUEUED, now);
    scheduler.counts().dropped.increment();
    fail(
        task,
        new TaskTimeoutException(
            "a task must start before its deadline or be dropped: task=%s, deadline=%s, now=%s"
                .formatted(task, after(task, task.deadline), after(task, now))));
    return true;
  }

  private static Duration after(TaskRun task, long time) {
    return Duration.ofNanos(time - task.submitted);
  }

  private boolean acquire(TaskRun task, long now) {
    PermitBroker.Wait permits = task.permits;
    if (permits != null) {
      task.enter(TaskPhase.PERMITS, now);
      if (!scheduler.broker().acquire(permits)) {
        return false;
      }
    }
    return acquireLocks(task, now);
  }

  private boolean acquireLocks(TaskRun task, long now) {
    if (task.options.locks().isEmpty()) {
      return true;
    }
    task.enter(TaskPhase.LOCKS, now);
    return scheduler.lockTable().acquire(task.lockOwner());
  }

  /** Goes on with tasks that were given their permits. */
  void permitsGranted(List<TaskRun> tasks) {
    for (TaskRun task : tasks) {
      if (acquireLocks(task, scheduler.now())) {
        ready(task);
      }
    }
  }

  /** Goes on with a task that has all it needs, on its pool. */
  void ready(TaskRun task) {
    if (task.pool == null) {
      attemptHere(task);
    } else {
      task.enter(TaskPhase.QUEUED, scheduler.now());
      task.pool.post(Shard.Message.RETURNED, task);
    }
  }

  /** Runs a task on the thread that gave it what it waited for, however many follow from that. */
  private static void attemptHere(TaskRun task) {
    ArrayDeque<TaskRun> following = FOLLOWING.get();
    if (following != null) {
      following.add(task);
      return;
    }
    following = new ArrayDeque<>();
    FOLLOWING.set(following);
    for (TaskRun next = task; next != null; next = following.poll()) {
      try {
        next.scheduler.runner().attempt(next, next.scheduler.now());
      } catch (Throwable e) { // a listener's Error, say: it must not cost the others their turn
        LOG.log(Level.ERROR, "after running " + next, e);
      }
    }
    FOLLOWING.remove();
  }

  private void attempt(TaskRun task, long now) {
    TaskRun outer = CURRENT.get(); // a task on its caller may run inside another
    CURRENT.set(task);
    try {
      attemptOnce(task, now);
    } finally {
      CURRENT.set(outer);
    }
  }

  private void attemptOnce(TaskRun task, long now) {
    long start = now;
    if (task.attempts == 0) {
      task.firstAttempt = now;
    }
    Gate.Admission.Pass[] passes = NO_PASSES;
    if (!task.options.gates().isEmpty()) {
      passes = new Gate.Admission.Pass[task.options.gates().size()];
      GateClosedException refusal = ask(task, passes);
      if (refusal != null) {
        scheduler.counts().refused.increment();
        task.attempts++;
        retryOrFail(task, refusal, scheduler.now());
        return;
      }
      start = scheduler.now();
    }
    task.attempts++;
    if (!task.begin()) {
      tell(passes, task, Gate.Admission.Pass::cancelled);
      clear(task);
      return;
    }
    task.enter(TaskPhase.RUNNING, start);
    Timer limit = limitAttempt(task);
    ArrayDeque<TaskRun> following = FOLLOWING.get();
    FOLLOWING.set(null); // the work may wait for what it makes ready
    Object value = null;
    Throwable failure = null;
    try {
      value = task.call();
      if (value == null && task.promise != null) {
        failure =
            new IllegalStateException(
                "a promise needs a value, and the task had none: task=" + task);
      }
    } catch (Throwable e) { // an Error, too, must reach those who wait for the task
      failure = e;
    }
    FOLLOWING.set(following);
    boolean hasResult = failure == null;
    boolean timedOut = task.end();
    if (limit != null) {
      limit.cancel();
    }
    long end = scheduler.now();
    task.noteDeadline(end);
    if (timedOut) {
      failure = timeout(task, failure);
    }
    tellOutcome(passes, task, failure);
    if (task.cancelled) {
      if (hasResult) {
        scheduler.counts().late.increment();
      }
      compensate(task, failure);
      clear(task);
    } else if (failure == null) {
      scheduler.learn(task, end - start);
      succeed(task, value, end);
    } else {
      retryOrFail(task, failure, end);
    }
  }

  /** Asks the gates: {@return why not, or null if each has given a pass} */
  private static @Nullable GateClosedException ask(
      TaskRun task, Gate.Admission.@Nullable Pass[] passes) {
    int given = 0;
    GateClosedException refusal = null;
    for (Gate gate : task.options.gates()) {
      Gate.Admission answer;
      try {
        answer = gate.ask();
      } catch (Throwable e) { // the user's gate: the same as a refusal
        answer = new Gate.Admission.Refused("the gate failed when asked: " + e, Duration.ZERO);
      }
      switch (answer) {
        case Gate.Admission.Pass pass -> passes[given++] = pass;
        case Gate.Admission.Refused refused -> refusal = new GateClosedException(refused);
      }
      if (refusal != null) {
        break;
      }
    }
    if (refusal != null) {
      tell(passes, task, Gate.Admission.Pass::cancelled);
    }
    return refusal;
  }

  private @Nullable Timer limitAttempt(TaskRun task) {
    Duration limit = task.options.attemptTimeout();
    if (limit == null) {
      return null;
    }
    int attempt = task.attempts;
    return scheduler.schedule(
        limit,
        () -> {
          if (task.timeOutAttempt(attempt)) {
            scheduler.watchAbandoned(task, attempt, true);
          }
        });
  }

  private static TaskTimeoutException timeout(TaskRun task, @Nullable Throwable failure) {
    var timeout =
        new TaskTimeoutException(
            "an attempt must end in time: task=%s, attempt=%d, attemptTimeout=%s"
                .formatted(task, task.attempts, task.options.attemptTimeout()));
    if (failure != null) {
      timeout.addSuppressed(failure);
    }
    return timeout;
  }

  private static void tellOutcome(
      Gate.Admission.@Nullable Pass[] passes, TaskRun task, @Nullable Throwable failure) {
    if (failure == null) {
      tell(passes, task, Gate.Admission.Pass::success);
    } else if (task.cancelled) {
      tell(passes, task, Gate.Admission.Pass::cancelled);
    } else {
      tell(passes, task, pass -> pass.failure(failure));
    }
  }

  private static void tell(
      Gate.Admission.@Nullable Pass[] passes, TaskRun task, Consumer<Gate.Admission.Pass> what) {
    for (int i = passes.length - 1; i >= 0; i--) {
      Gate.Admission.Pass pass = passes[i];
      try {
        if (pass != null) {
          what.accept(pass);
        }
      } catch (Throwable e) { // of the user's: the task must end
        LOG.log(Level.ERROR, "a gate failed when told the outcome of " + task, e);
      }
    }
  }

  private void retryOrFail(TaskRun task, Throwable failure, long now) {
    Retry retry = task.options.retry();
    long delay = -1;
    if (retry != null) {
      try {
        delay =
            retry.nextDelayNanos(
                task.attempts, failure, now, endOfRetries(task), scheduler.expectedCost(task));
      } catch (Throwable e) { // the user's predicate
        suppress(e, failure);
      }
    }
    if (delay < 0) {
      compensate(task, failure);
      fail(task, failure);
      return;
    }
    scheduler.counts().retried.increment();
    task.enter(TaskPhase.BACKOFF, now);
    task.waitsWhy = "attempt %d failed: %s".formatted(task.attempts, failure);
    release(task);
    task.retryTimer = scheduler.schedule(Duration.ofNanos(delay), () -> again(task));
    if (task.cancelled) { // perhaps before the timer was there to be found
      scheduler.letGo(task);
    }
  }

  /** {@return when the last attempt must have ended: by the deadline, and within the budget} */
  private static long endOfRetries(TaskRun task) {
    Retry retry = task.options.retry();
    Duration budget = retry == null ? null : retry.budget();
    return budget == null
        ? task.deadline
        : Math.min(task.deadline, Nanos.sum(task.firstAttempt, Nanos.of(budget)));
  }

  /** The pause before another attempt is over. */
  private void again(TaskRun task) {
    task.retryTimer = null;
    long now = scheduler.now();
    if (task.pool == null) {
      picked(task, now);
    } else {
      task.enter(TaskPhase.QUEUED, now);
      task.pool.post(Shard.Message.AGAIN, task);
    }
  }

  private void compensate(TaskRun task, @Nullable Throwable failure) {
    Compensation compensation = task.options.compensation();
    if (compensation == null || !task.mayNeedUndoing()) {
      return;
    }
    task.undone = true;
    Throwable cause =
        failure != null ? failure : new TaskTimeoutException("cancelled: task=" + task);
    try {
      compensation.undo(cause);
    } catch (Throwable e) { // the cause must still be told
      suppress(e, cause);
      scheduler.counts().compensationsFailed.increment();
      LOG.log(Level.ERROR, "the compensation of " + task + " failed", e);
    }
  }

  private static void suppress(Throwable later, Throwable first) {
    if (!later.equals(first)) {
      first.addSuppressed(later);
    }
  }

  // ── ends ──

  /*
   * Each way to end gives back what the task holds, completes its event and counts it, whatever
   * listeners throw.
   */

  private void succeed(TaskRun task, @Nullable Object value, long now) {
    release(task);
    task.finishing = true;
    boolean completed = true;
    try {
      completed =
          (task.promise == null || value == null)
              ? task.event.tryTrigger()
              : task.promise.tryComplete(value);
    } finally {
      over(task, completed, scheduler.counts().succeeded, now);
    }
  }

  /** Ends a task that has failed for good. */
  void fail(TaskRun task, Throwable failure) {
    end(task, () -> task.event.tryPoison(failure));
  }

  /** Ends a task whose preconditions have failed. */
  void failWith(TaskRun task, Poison poison) {
    end(task, () -> task.event.tryPoison(poison));
  }

  private void end(TaskRun task, BooleanSupplier poisoning) {
    release(task);
    task.finishing = true;
    boolean completed = true;
    try {
      completed = poisoning.getAsBoolean();
    } finally {
      over(task, completed, scheduler.counts().failed, scheduler.now());
    }
  }

  private void over(TaskRun task, boolean completed, LongAdder count, long now) {
    scheduler.over(task, completed ? count : scheduler.counts().cancelled, now);
  }

  /** Ends a task whose event is complete already. */
  void clear(TaskRun task) {
    compensate(task, null);
    release(task);
    scheduler.over(task, scheduler.counts().cancelled, scheduler.now());
  }

  /** Gives back permits and locks; whoever waited for them goes on. */
  void release(TaskRun task) {
    LockOwner owner = task.lockOwnerIfAny();
    if (owner != null) {
      scheduler.lockTable().release(owner);
    }
    if (task.permits != null) {
      permitsGranted(scheduler.broker().release(task.permits));
    }
  }
}
