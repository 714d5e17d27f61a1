package dev.carillon.device;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A stream of the CPU: pieces of work, markers and waits, one after another. */
final class CpuQueue implements CpuStream {
  /*
   * An ordered executor on threads that many share. The queue is in one of three phases: IDLE, with
   * nothing in it; RUNNING, given to the pool or on one of its threads, which takes one item after
   * another; SUSPENDED, at a wait that is not over, on no thread. Who adds to an idle queue, and who
   * ends the wait of a suspended one, gives it to the pool; phases change under the lock only, so it is
   * there once. A thread goes on for TURN items, and then lets others of the pool's queues have it.
   *
   * A wait that is over before the queue comes to it costs nothing. Otherwise its end and the queue's
   * arrival meet under the lock: whoever comes second sees the other.
   *
   * Work that fails, and a wait for something that failed, fail the queue: work is skipped and markers
   * fail, until an item that recovers it. Work counts towards the capacity, for which its givers wait;
   * markers and waits do not, since what they belong to is kept by somebody else.
   *
   * An Error that a callback throws ends the thread that ran it, after the queue was given to the pool
   * again.
   *
   * No lock is held while work runs or markers tell that they were reached.
   */
  private enum Phase {
    IDLE,
    RUNNING,
    SUSPENDED
  }

  /** What is in the queue. */
  private sealed interface Step {}

  private record Work(CpuWork work) implements Step {}

  private record Reach(CpuMarker marker) implements Step {}

  private record Recover() implements Step {}

  /** A wait, which ends once. */
  private static final class Wait implements Step {
    // guarded by the queue
    boolean isOver;
    boolean isWell;
  }

  private static final int TURN = 64;

  private final Executor pool;
  private final StreamOptions options;

  // guarded by this
  private final ArrayDeque<Step> steps = new ArrayDeque<>();
  private Phase phase = Phase.IDLE;
  private int work; // how many steps are work
  private boolean isFailed;
  private @Nullable Throwable failure; // the queue's own, if it has failed by itself
  private boolean isEnded;
  private @Nullable Thread current; // that takes its steps
  private boolean isWorking; // the step is work

  CpuQueue(Executor pool, StreamOptions options) {
    this.pool = pool;
    this.options = options;
  }

  // ── what is given ──

  @Override
  public void run(CpuWork task) throws InterruptedException {
    Objects.requireNonNull(task, "task");
    synchronized (this) {
      while (work >= options.capacity() && !isEnded) {
        if (Thread.currentThread().equals(current)) {
          throw new DeviceMisuseException(
              "work of a stream, and its callbacks, must not wait for room in it: stream=%s, capacity=%d"
                  .formatted(options.name(), options.capacity()));
        }
        wait();
      }
      add(new Work(task));
      work++;
    }
  }

  /** Reaches a marker after all that was given before. */
  synchronized void record(CpuMarker marker) {
    add(new Reach(marker));
  }

  /** Runs work again after what was given before. */
  synchronized void recover() {
    add(new Recover());
  }

  /** Waits for a marker before what is given later. */
  void waitFor(CpuMarker marker) {
    Wait wait = new Wait();
    synchronized (this) {
      add(wait);
    }
    marker.whenFinished(() -> over(wait, marker.status() == DriverStatus.COMPLETE));
  }

  /** {@return a gate before what is given later} */
  DeviceGate gate() {
    Wait wait = new Wait();
    synchronized (this) {
      add(wait);
    }
    return isWell -> over(wait, isWell);
  }

  /** Adds a step. Called under the lock. */
  private void add(Step step) {
    if (isEnded) {
      throw new DeviceException("a stream takes nothing after it was closed: " + options.name());
    }
    steps.addLast(step);
    if (phase == Phase.IDLE) {
      boolean isIn = false;
      try {
        submit();
        isIn = true;
      } finally {
        if (isIn) {
          phase = Phase.RUNNING; // its thread comes to look under the lock
        } else {
          steps.removeLast(); // refused, or no thread could be made
        }
      }
    }
  }

  private synchronized void over(Wait wait, boolean isWell) {
    wait.isOver = true;
    wait.isWell = isWell;
    if (phase == Phase.SUSPENDED && wait.equals(steps.peekFirst())) {
      phase = Phase.RUNNING;
      submit();
    }
  }

  private void submit() {
    try {
      pool.execute(this::turn);
    } catch (RejectedExecutionException e) {
      throw new DeviceException("the CPU's streams were closed: " + options.name(), e);
    }
  }

  // ── on a thread of the pool ──

  private void turn() {
    for (int i = 0; i < TURN; i++) {
      Step step;
      boolean isSkipped;
      synchronized (this) {
        step = next();
        if (step == null) {
          return;
        }
        isSkipped = isFailed;
      }
      take(step, isSkipped);
    }
    synchronized (this) {
      current = null;
      submit(); // still running: others first
    }
  }

  private void take(Step step, boolean isSkipped) {
    boolean isOver = false;
    try {
      switch (step) {
        case Work(CpuWork task) -> {
          if (!isSkipped) {
            work(task);
          }
        }
        case Reach(CpuMarker marker) -> marker.reach(isSkipped, failure());
        case Recover() -> {
          synchronized (this) {
            isFailed = false;
            failure = null;
          }
        }
        case Wait wait -> pass(wait);
      }
      isOver = true;
    } finally {
      if (!isOver) { // an Error of a callback is for this thread, which ends; the queue goes on
        synchronized (this) {
          current = null;
          submit();
        }
      }
    }
  }

  /** {@return what to do next; null if that is nothing, the phase having been changed} */
  private @Nullable Step next() {
    current = null;
    Step step = steps.peekFirst();
    if (step == null) {
      phase = Phase.IDLE;
      return null;
    }
    if (step instanceof Wait wait && !wait.isOver) {
      phase = Phase.SUSPENDED;
      return null;
    }
    steps.removeFirst();
    if (step instanceof Work) {
      work--;
      notifyAll();
    }
    current = Thread.currentThread();
    return step;
  }

  private synchronized void pass(Wait wait) {
    isFailed |= !wait.isWell;
  }

  private void work(CpuWork task) {
    synchronized (this) {
      isWorking = true;
    }
    Throwable thrown = null;
    try {
      task.run();
    } catch (Throwable e) { // an Error fails the stream too, and whoever asks it learns of it
      thrown = e;
    }
    synchronized (this) {
      isWorking = false;
      Thread.interrupted(); // who ends the queue interrupts this work, and not what comes after it
      if (thrown != null) {
        isFailed = true;
        failure = thrown;
      }
    }
  }

  // ── what became of it ──

  /** {@return the failure of its own work; null if none has failed} */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** {@return whether the calling thread runs its work, or callbacks of events that it reached} */
  synchronized boolean isCurrent() {
    return Thread.currentThread().equals(current);
  }

  /** Takes nothing more; what has not begun is not run, and its markers fail. */
  void end() {
    ArrayDeque<Step> left;
    synchronized (this) {
      isEnded = true;
      left = new ArrayDeque<>(steps);
      steps.clear();
      work = 0;
      notifyAll();
      if (isWorking && current != null) {
        current.interrupt();
      }
    }
    for (Step step : left) {
      if (step instanceof Reach(CpuMarker marker)) {
        marker.reach(true, new DeviceException("its stream was closed: " + options.name()));
      }
    }
  }
}
