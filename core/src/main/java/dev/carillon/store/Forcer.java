package dev.carillon.store;

import dev.carillon.time.Clock.Alarm;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The thread of a store that forces streams for appends that nobody waits for. */
final class Forcer implements AutoCloseable {
  /*
   * A stream asks once until it is served, so the queue has at most one place for each. With groups,
   * the thread lets `gather` pass from the first request on, by the condition's own timeout if the
   * clock is real and by an alarm if not; somebody who closes is in a hurry and ends that.
   */
  private final SegmentConfig config;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();

  // guarded by lock
  private final Queue<SegmentStream> asked = new ArrayDeque<>();
  private long due;
  private int hurried;
  private boolean closed;
  private @Nullable Thread thread;
  private @Nullable Alarm alarm;

  Forcer(SegmentConfig config) {
    this.config = config;
  }

  /** Has a stream served, which has not asked since it was served last. */
  void ask(SegmentStream stream) {
    lock.lock();
    try {
      if (asked.isEmpty()) {
        due = config.clock().nanos() + config.gather().toNanos();
      }
      asked.add(stream);
      if (thread == null) {
        thread = start();
      }
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Thread start() {
    ThreadFactory threads = config.threads();
    Thread made =
        threads == null
            ? Thread.ofPlatform()
                .daemon()
                .name("carillon-" + config.name() + "-force")
                .unstarted(this::run)
            : threads.newThread(this::run);
    if (made == null) {
      throw new IllegalStateException("threads must make a thread: threads=" + threads);
    }
    made.start();
    return made;
  }

  /** {@return whether the calling thread is the store's} */
  boolean isHere() {
    lock.lock();
    try {
      return Thread.currentThread().equals(thread);
    } finally {
      lock.unlock();
    }
  }

  /** Lets no group gather until {@link #relax}. */
  void hurry() {
    lock.lock();
    try {
      hurried++;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void relax() {
    lock.lock();
    try {
      hurried--;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    SegmentStream next = next();
    while (next != null) {
      next.serve();
      next = next();
    }
  }

  private @Nullable SegmentStream next() {
    lock.lock();
    try {
      while (asked.isEmpty() && !closed) {
        change.awaitUninterruptibly();
      }
      while (!asked.isEmpty() && isGathering()) {
        if (config.clock().isReal()) {
          change.awaitNanos(due - config.clock().nanos());
        } else {
          alarm().set(due);
          change.awaitUninterruptibly();
        }
      }
    } catch (InterruptedException e) {
      // the thread is ours, and ends by close alone: it stops gathering, no more
    } finally {
      lock.unlock();
    }
    return take();
  }

  private boolean isGathering() {
    return due - config.clock().nanos() > 0 && hurried == 0 && !closed;
  }

  private @Nullable SegmentStream take() {
    lock.lock();
    try {
      return asked.poll();
    } finally {
      lock.unlock();
    }
  }

  private Alarm alarm() {
    Alarm set = alarm;
    if (set == null) {
      set = config.clock().alarm("carillon-" + config.name() + "-gather", this::ring);
      alarm = set;
    }
    return set;
  }

  private void ring() {
    lock.lock();
    try {
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Serves those that asked, and ends the thread. */
  @Override
  public void close() {
    Thread ending;
    Alarm set;
    lock.lock();
    try {
      closed = true;
      ending = thread;
      set = alarm;
      change.signalAll();
    } finally {
      lock.unlock();
    }
    if (ending != null && !ending.equals(Thread.currentThread())) {
      boolean interrupted = false;
      while (ending.isAlive()) {
        try {
          ending.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (set != null) {
      set.close();
    }
  }
}
