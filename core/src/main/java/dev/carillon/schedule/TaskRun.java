package dev.carillon.schedule;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.event.Promise;
import dev.carillon.event.Registration;
import dev.carillon.time.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One submitted task on its way through the scheduler. */
final class TaskRun extends Entry implements CompletionListener {
  /*
   * A task is always in the hands of one: the event of its preconditions, a shard, the broker of
   * permits, the table of locks, a timer, or the thread that runs it. Whoever has it hands it on.
   *
   * Only cancelling comes from outside: the task's event is completed by somebody else, which sets
   * `cancelled` and then asks everyone to let go of the task. Everyone takes the task first and looks
   * at `cancelled` after, so either they see it or they are asked. The one who lets go clears the
   * task away, in the same way in which a task ends that has run; `over` sees that this happens
   * once. A task that runs is interrupted, and clears itself away when its thread really leaves.
   */
  private static final VarHandle DEPENDENTS;
  private static final VarHandle OVER;
  private static final VarHandle LOCK_OWNER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      DEPENDENTS = lookup.findVarHandle(TaskRun.class, "dependents", int.class);
      OVER = lookup.findVarHandle(TaskRun.class, "over", boolean.class);
      LOCK_OWNER = lookup.findVarHandle(TaskRun.class, "lockOwner", LockOwner.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final LocalScheduler scheduler;
  final TaskOptions options;
  private final Object work; // Work, or Callable if there is a promise
  final Event event;
  final @Nullable Promise<Object> promise;
  final @Nullable Pool pool; // null: on the caller
  final long submitted;
  final long deadline; // NEVER if there is none
  final long cost; // expected, in nanoseconds; 0 if unknown
  final long load; // what admission has counted for it
  final PermitBroker.@Nullable Wait permits; // null if it needs none

  // changed by anyone
  private volatile int dependents;
  private volatile boolean over;

  // written by whoever has the task; read by anyone
  List<TaskRun> predecessors; // that it is known to wait for; none once it is over; read racily
  private long phaseSince; // written before the phase
  volatile TaskPhase phase;
  volatile @Nullable TaskPhase missedIn; // where it was when its deadline passed
  volatile boolean hasBegun; // an attempt that would have to be undone
  volatile boolean finishing; // its event is completed by us
  volatile @Nullable String waitsWhy; // what it waits for, where the phase does not say it
  volatile @Nullable Timer retryTimer;
  volatile @Nullable Timer timeoutTimer;
  volatile @Nullable Registration precondition;

  // made by anyone, once
  private volatile @Nullable LockOwner lockOwner;

  // guarded by this
  private @Nullable Thread runner;
  private boolean interrupted; // we have interrupted the runner
  private boolean attemptTimedOut;
  private int abandoned; // the last attempt that was given up, or 0

  // touched only by whoever has the task
  int attempts;
  long firstAttempt; // when it was made
  boolean downgraded;
  boolean undone;

  @SuppressWarnings("unchecked") // a promise is given only by call(), with work of its type
  TaskRun(
      LocalScheduler scheduler,
      TaskOptions options,
      Object work,
      Event event,
      @Nullable Promise<?> promise,
      Admitted admitted,
      List<TaskRun> predecessors) {
    super(admitted.shard(), options.key(), admitted.number(), admitted.wanted(), admitted.band());
    this.scheduler = scheduler;
    this.options = options;
    this.work = work;
    this.event = event;
    this.promise = (Promise<Object>) promise;
    this.pool = admitted.pool();
    this.submitted = admitted.now();
    this.deadline = admitted.deadline();
    this.cost = admitted.cost();
    this.load = admitted.load();
    this.phaseSince = submitted;
    this.phase = TaskPhase.PRECONDITIONS;
    this.predecessors = predecessors;
    this.permits =
        options.needs().isEmpty() ? null : scheduler.broker().want(this, options.needs());
  }

  /**
   * What was settled when a task was admitted.
   *
   * @param pool null to run on the caller
   * @param shard of the pool; of any pool, if it runs on the caller
   * @param number in the order of submission
   * @param now the time of submission
   * @param deadline NEVER if there is none
   * @param wanted when it is due for the order
   * @param band of the order
   * @param cost expected, in nanoseconds
   * @param load what admission has counted for it
   */
  record Admitted(
      @Nullable Pool pool,
      Shard shard,
      long number,
      long now,
      long deadline,
      long wanted,
      int band,
      long cost,
      long load) {}

  @Override
  String name() {
    return options.name();
  }

  /** {@return its name and its number, which tells tasks of one name apart} */
  @Override
  public String toString() {
    return "%s #%d".formatted(options.name(), number());
  }

  @Override
  long latestStart() {
    long due = wanted();
    return due == NEVER ? NEVER : due - cost;
  }

  /** {@return what holds its locks} */
  LockOwner lockOwner() {
    LockOwner owner = lockOwner;
    if (owner == null) {
      owner = new LockOwner(this);
      LockOwner first = (LockOwner) LOCK_OWNER.compareAndExchange(this, null, owner);
      owner = first == null ? owner : first;
    }
    return owner;
  }

  /** {@return what holds its locks, or null if it never asked for one} */
  @Nullable LockOwner lockOwnerIfAny() {
    return lockOwner;
  }

  /** {@return how many tasks are known to wait for it} */
  int dependents() {
    return dependents;
  }

  void addDependent() {
    DEPENDENTS.getAndAdd(this, 1);
  }

  /** {@return true the first time} */
  boolean becomeOver() {
    return !over && OVER.compareAndSet(this, false, true);
  }

  /** Does the work: {@return its value; null if it has none} */
  @Nullable Object call() throws Exception {
    if (promise != null) {
      return ((Callable<?>) work).call();
    }
    ((Work) work).run();
    return null;
  }

  long permitsOf(int resource) {
    return permits == null ? 0 : PermitBroker.amount(permits, resource);
  }

  /** Marks what the task does now, and where its deadline found it. */
  void enter(TaskPhase next, long now) {
    noteDeadline(now);
    phaseSince = now;
    phase = next;
  }

  /** Marks where its deadline found the task, if it has passed. */
  void noteDeadline(long now) {
    if (now > deadline && missedIn == null && phase != TaskPhase.DONE) {
      missedIn = phase;
    }
  }

  @Override
  void queued(long now) {
    if (phase != TaskPhase.QUEUED) {
      enter(TaskPhase.QUEUED, now);
    }
  }

  @Override
  long since() {
    return phaseSince;
  }

  @Override
  void behindKey(long now) {
    enter(TaskPhase.KEY, now);
  }

  @Override
  void run(long now) {
    scheduler.runner().picked(this, now);
  }

  /** The event is complete, by us or by somebody else. */
  @Override
  public void completed(@Nullable Poison poison) {
    scheduler.completed(this);
  }

  /** {@return whether attempts may have done something that is to be undone} */
  boolean mayNeedUndoing() {
    return options.compensation() != null && hasBegun && !undone;
  }

  /** {@return whether something that waits for it has made it more urgent} */
  boolean isUrged() {
    return wanted() < deadline || wantedBand() < options.band().index();
  }

  // ── the running attempt ──

  /** {@return whether the calling thread may begin an attempt; false if the task was cancelled} */
  synchronized boolean begin() {
    if (cancelled) {
      return false;
    }
    runner = Thread.currentThread();
    hasBegun = hasBegun || options.compensation() != null;
    interrupted = false;
    attemptTimedOut = false;
    return true;
  }

  /** Ends the attempt: {@return whether it ran out of its time} */
  synchronized boolean end() {
    runner = null;
    if (interrupted || pool != null) {
      Thread.interrupted(); // the task's, not the thread's
    }
    return attemptTimedOut;
  }

  /** {@return whether this interrupted the task as it ran} */
  synchronized boolean interrupt() {
    Thread running = runner;
    if (running == null) {
      return false;
    }
    interrupted = true;
    running.interrupt();
    return true;
  }

  /** {@return whether this interrupted an attempt because its time is over} */
  synchronized boolean timeOutAttempt(int attempt) {
    if (attempts != attempt || runner == null) {
      return false;
    }
    attemptTimedOut = true;
    return interrupt();
  }

  /** {@return whether this gave up an attempt that still runs} */
  synchronized boolean abandon(int attempt) {
    if (runner == null || attempts != attempt || abandoned == attempt) {
      return false;
    }
    abandoned = attempt;
    return true;
  }

  /** {@return whether the attempt that runs was given up} */
  synchronized boolean isAbandoned() {
    return runner != null && abandoned > 0 && abandoned == attempts;
  }

  synchronized boolean isRunningHere() {
    return Thread.currentThread().equals(runner);
  }

  synchronized @Nullable Thread runningThread() {
    return runner;
  }
}
