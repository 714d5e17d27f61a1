package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.schedule.Work;
import dev.carillon.time.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a run has to do that timers must not, as it calls code of users. */
final class Errands {
  /*
   * An errand is done once, by whoever is first: the scheduler's task, who learns that this task does
   * not run, or, when the run is being cancelled and no thread of the pool has come within the time of
   * grace, a virtual thread of its own. So a run ends though all threads of the pool hang. What
   * follows from a timeout does not wait for the CPU pool at all: often it is that which is stuck. Once
   * a thread was left behind, the end of the run does not either.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");

  private final LocalRun<?> run;
  private final Set<Errand> open = ConcurrentHashMap.newKeySet();
  private volatile boolean hasLeftBehind; // perhaps a thread, at what was given up

  Errands(LocalRun<?> run) {
    this.run = run;
  }

  /**
   * Has something done by a thread of the CPU pool; on this one if the scheduler takes no tasks.
   */
  void run(Runnable action) {
    run(run.turnOptions(), action);
  }

  /** The same of what follows from a timeout, by a virtual thread. */
  void runAfterTimeout(Runnable action) {
    hasLeftBehind = true;
    run(run.turnOptions().on(Placement.BLOCKING), action);
  }

  /** A thread was given up and may be at what it was at for ever. */
  void leftBehind() {
    hasLeftBehind = true;
  }

  /** The same of what comes when all units are over. */
  void runLast(Runnable action) {
    if (hasLeftBehind) {
      runAfterTimeout(action);
    } else {
      run(action);
    }
  }

  /** {@return a timer; none if the flow is closed, which has cancelled the run} */
  @Nullable Timer timer(long nanos, Runnable action) {
    try {
      return run.flow()
          .timers()
          .schedule(Duration.ofNanos(nanos), () -> watched(run, action)); // it calls no part
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "no timer, as the flow is closed", e);
      return null;
    }
  }

  private void run(TaskOptions options, Runnable action) {
    var errand = new Errand(action);
    open.add(errand);
    try {
      Event task = run.scheduler().submit(options, errand);
      errand.task = task;
      task.whenComplete(poison -> {
        if (poison != null) {
          errand.run(); // what was promised to be done is done here
        }
      });
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the scheduler took no task", e);
      errand.run();
    }
  }

  /** Does what no thread of the pool has come for, on threads of its own. */
  void doElsewhere() {
    open.forEach(errand -> {
      if (errand.becomeDone()) {
        onOwnThread(run, errand.action);
        errand.withdraw();
      }
    });
  }

  /** Does something of a run that is being cancelled, without a thread of any pool. */
  static void onOwnThread(LocalRun<?> run, Runnable action) {
    Thread.ofVirtual().name(run.flow().config().name() + "-late").start(() -> watched(run, action));
  }

  private static void watched(LocalRun<?> run, Runnable action) {
    try {
      action.run();
    } catch (Throwable e) { // not of a part: those are caught where they are called
      run.broken(e);
    }
  }

  private final class Errand implements Work {
    private final Runnable action;
    private final AtomicBoolean isDone = new AtomicBoolean();
    private volatile @Nullable Event task;

    Errand(Runnable action) {
      this.action = action;
    }

    boolean becomeDone() {
      return isDone.compareAndSet(false, true);
    }

    @Override
    public void run() {
      if (becomeDone()) {
        open.remove(this);
        watched(run, action);
      }
    }

    /** Takes its task off the scheduler, which would do nothing. */
    void withdraw() {
      open.remove(this);
      Event submitted = task;
      if (submitted != null) {
        submitted.tryPoison("it was done by another thread");
      }
    }
  }
}
