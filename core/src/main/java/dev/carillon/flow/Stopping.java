package dev.carillon.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The cancelling of a run: whether it is being cancelled, and who looks after what runs then. */
final class Stopping {
  /*
   * Cancelling sets a flag that every decision looks at first; so nothing more begins, and what has not
   * begun ends as cancelled as soon as what is before it has. What runs is interrupted and, after the
   * time of grace, given up. One who begins registers first and looks at the flag then; the flag is set
   * first, and those registered are looked at then. A turn registers once for many parts, so a part
   * may begin unseen; it is found at the next look, one time of grace later. From then on, what waits
   * for a thread of a pool does not any longer: no part is called, and so it needs none of the pool.
   *
   * The flag is set once: what comes later changes neither it nor why it was.
   */
  private static final int GOES_ON = 0;
  private static final int AT_ONCE = 1; // a part said so
  private static final int BY_USER = 2;

  private static final VarHandle CANCELLING;

  static {
    try {
      CANCELLING = MethodHandles.lookup().findVarHandle(Stopping.class, "cancelling", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by its handle
  private int cancelling;

  private final LocalRun<?> run;
  private final UnitRun[] units;
  private final Set<Attempts> attempts = ConcurrentHashMap.newKeySet();
  private final Set<Handover> handovers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean isLookedAfter = new AtomicBoolean();

  /**
   * Of a run that goes on.
   *
   * @param units all of the run, when one may ask for cancelling
   */
  Stopping(LocalRun<?> run, UnitRun[] units) {
    this.run = run;
    this.units = units;
  }

  boolean isCancelling() {
    return (int) CANCELLING.getAcquire(this) != GOES_ON; // pairs with begin()
  }

  boolean isByUser() {
    return (int) CANCELLING.getVolatile(this) == BY_USER;
  }

  // ── who is looked after ──

  void register(Attempts running) {
    attempts.add(running);
  }

  void unregister(Attempts running) {
    attempts.remove(running);
  }

  void entered(Handover worker) {
    handovers.add(worker);
  }

  void left(Handover worker) {
    handovers.remove(worker);
  }

  /** {@return the attempts under way} */
  Collection<Attempts> attempts() {
    return attempts;
  }

  // ── cancelling ──

  /** A part has failed in a way that stops all. */
  void stopAtOnce() {
    if (begin(AT_ONCE)) {
      afterBegin();
    }
  }

  void cancel() {
    if (begin(BY_USER)) {
      afterBegin();
    }
  }

  /** The scheduler takes no task, which cancels the run. */
  void refused(RuntimeException cause) {
    if (begin(BY_USER)) {
      run.failuresSoFar()
          .add(run.name(), run.iteration(), 0, RunStatus.CANCELLED, cause, Integer.MAX_VALUE);
      afterBegin();
    }
  }

  private boolean begin(int how) {
    return CANCELLING.compareAndSet(this, GOES_ON, how);
  }

  private void afterBegin() {
    lookAfter();
    for (UnitRun unit : units) {
      unit.samples.wake();
    }
    run.lookAgain();
  }

  // ── looking ──

  /** Looks after what runs while the run is being cancelled, now and until nothing does. */
  void lookAfter() {
    look(false);
    if (isLookedAfter.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    if (!run.isOver()) {
      run.timer(
          run.scheduler().config().grace().toNanos(),
          () -> {
            look(true);
            lookLater();
          });
    }
  }

  /**
   * Looks after what runs.
   *
   * @param isLate whether the time of grace is over, after which no thread of a pool is waited for
   */
  private void look(boolean isLate) {
    attempts.forEach(Attempts::cancel);
    handovers.forEach(Handover::lookAfter);
    for (UnitRun unit : units) {
      unit.turns.look(isLate);
    }
    run.finalisers().lookAfter();
    if (isLate) {
      run.errands().doElsewhere();
    }
  }
}
