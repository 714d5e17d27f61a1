package dev.carillon.time;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The real clock. */
final class SystemClock implements Clock {
  /*
   * The coarse reading is a field that one daemon thread refreshes. It does so only while somebody
   * reads: a reader that finds `read` clear sets it; the refresher clears it each time, and parks
   * without a deadline once a whole period passed in which nobody set it again. A reader that
   * finds it parked refreshes the field itself and unparks it; `read` is clear then, as both change
   * under the lock. So an idle process has no wake-ups, and a busy one pays two loads per reading,
   * with no store that threads would fight for.
   *
   * The thread belongs to the JVM, not to any event system: it holds no reference to one, so it
   * keeps nothing alive.
   */
  static final SystemClock INSTANCE = new SystemClock();

  private static final long REFRESH_NANOS = COARSE_NANOS / 2;

  // written by the refresher and by the reader that wakes it; read by any thread
  private volatile long coarse;

  // written under the lock; read by any thread
  private volatile boolean read;
  private volatile boolean asleep = true;

  private final Object starting = new Object();
  private @Nullable Thread refresher; // guarded by starting; null until first needed

  private SystemClock() {}

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public boolean isReal() {
    return true;
  }

  @Override
  public long coarseNanos() {
    if (!read) {
      keepRefreshed();
    }
    return coarse;
  }

  private void keepRefreshed() {
    synchronized (starting) {
      if (asleep) {
        coarse = System.nanoTime();
        if (refresher == null) {
          refresher =
              Thread.ofPlatform().daemon().name("carillon-coarse-clock").start(this::refresh);
        }
        asleep = false;
        LockSupport.unpark(refresher);
      }
      read = true; // last: whoever finds it set trusts the reading
    }
  }

  private void refresh() {
    while (true) {
      LockSupport.parkNanos(this, REFRESH_NANOS);
      coarse = System.nanoTime();
      synchronized (starting) {
        asleep = !read;
        read = false;
      }
      while (asleep) {
        LockSupport.park(this);
      }
    }
  }

  @Override
  public Alarm alarm(String name, Runnable ring) {
    return new ThreadAlarm(name, ring);
  }

  /** An alarm with a thread of its own, which starts when the alarm is first set. */
  private static final class ThreadAlarm implements Alarm {
    private final String name;
    private final Runnable ring;
    private final Object lock = new Object();

    // guarded by lock
    private long deadline = NEVER;
    private boolean closed;
    private @Nullable Thread thread;

    ThreadAlarm(String name, Runnable ring) {
      this.name = name;
      this.ring = ring;
    }

    @Override
    public void set(long newDeadline) {
      synchronized (lock) {
        if (closed) {
          return;
        }
        boolean earlier = deadline == NEVER || (newDeadline != NEVER && newDeadline - deadline < 0);
        deadline = newDeadline;
        if (thread == null && newDeadline != NEVER) {
          thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
          thread.start();
        } else if (earlier && thread != null && !thread.equals(Thread.currentThread())) {
          LockSupport.unpark(thread);
        }
      }
    }

    private void run() {
      while (true) {
        long wait;
        synchronized (lock) {
          if (closed) {
            return;
          }
          wait = deadline == NEVER ? NEVER : deadline - System.nanoTime();
          if (wait <= 0) {
            deadline = NEVER;
          }
        }
        if (wait == NEVER) {
          LockSupport.park(this);
        } else if (wait > 0) {
          LockSupport.parkNanos(this, wait);
        } else {
          ring.run();
        }
      }
    }

    @Override
    public void close() {
      Thread ending;
      synchronized (lock) {
        closed = true;
        ending = thread;
      }
      if (ending != null && !ending.equals(Thread.currentThread())) {
        LockSupport.unpark(ending);
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
    }
  }
}
