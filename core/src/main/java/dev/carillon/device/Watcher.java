package dev.carillon.device;

import dev.carillon.spi.DeviceException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Finds out when what somebody waits for has finished, where the driver does not say so itself. */
final class Watcher {
  /*
   * One thread asks the drivers. Only what somebody waits for is watched, so that an event that is
   * recorded and looked at by nobody costs nothing here.
   *
   * What a driver does not call back for is asked for in sweeps. A stream that keeps its order is asked
   * for the first event that is pending, and not for those behind it. After something was added or has
   * finished, sweeps follow each other without a pause for SPIN, since work on a device often takes only
   * microseconds; then with pauses that double up to LONGEST_PAUSE. So a wait is found out late by a
   * part of what it took.
   *
   * What a driver calls back for is asked for when it does. That may be on any thread, even within a
   * call of the driver, where it must not be called; so the callback only leaves a note for this thread.
   * As drivers lose callbacks (those of failed events, by some), it is also swept, now and then.
   * Where the host finishes events, what finishes them completes them, and nothing is swept.
   *
   * No wake-up is lost: this thread says that it is parked and then looks at the queues once more, who
   * adds to them looks for a parked thread after that.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private static final long SPIN = 100_000;
  private static final long FIRST_PAUSE = 20_000;
  private static final long LONGEST_PAUSE = 1_000_000;
  private static final long SELDOM = 20_000_000;

  private final String name;
  private final Queue<Occurrence> added = new ConcurrentLinkedQueue<>();
  private final Queue<Occurrence> noted = new ConcurrentLinkedQueue<>(); // called back
  private final AtomicLong watched = new AtomicLong();
  private volatile boolean isParked;
  private volatile boolean isClosed;
  private volatile boolean isToLook; // some stream is lost
  private @Nullable Thread thread; // guarded by this

  // of the watching thread
  private final List<Occurrence> polled = new ArrayList<>();
  private final List<Occurrence> calledBack = new ArrayList<>();
  private long sweep;
  private long nextSeldom;

  Watcher(String name) {
    this.name = name;
  }

  /** {@return how many occurrences are watched} */
  long watched() {
    return watched.get();
  }

  boolean isCurrent() {
    return Thread.currentThread().equals(thread());
  }

  private synchronized @Nullable Thread thread() {
    return thread;
  }

  /** Has an occurrence looked after until it has finished. */
  void watch(Occurrence occurrence) {
    OpenDriver driver = occurrence.event.device().driver();
    if (driver.callsBack()) {
      boolean isHosts = driver.isFinishedByHost();
      Object event = occurrence.use();
      if (event != null) {
        try {
          driver.setCallback(
              event,
              isHosts
                  ? occurrence::poll
                  : () -> {
                    noted.add(occurrence);
                    wake();
                  });
        } catch (DeviceException e) {
          occurrence.finish(e);
        } finally {
          occurrence.endUse();
        }
      }
      if (isHosts || occurrence.isFinished()) {
        return;
      }
    }
    watched.incrementAndGet();
    added.add(occurrence);
    start();
    wake();
  }

  /** Looks at all that is watched, as some stream is lost. */
  void look() {
    isToLook = true;
    wake();
  }

  private void wake() {
    if (isParked) {
      LockSupport.unpark(thread());
    }
  }

  private synchronized void start() {
    if (thread == null && !isClosed) {
      thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }
  }

  // ── the thread ──

  private void run() {
    long quietSince = System.nanoTime();
    long pause = FIRST_PAUSE;
    while (!isClosed) {
      boolean isNews = takeIn();
      isNews |= sweepPolled();
      long now = System.nanoTime();
      isNews |= sweepCalledBack(now);
      if (isNews) {
        quietSince = now;
        pause = FIRST_PAUSE;
      } else if (polled.isEmpty()) {
        park(calledBack.isEmpty() ? 0 : Math.max(nextSeldom - now, 1));
      } else if (now - quietSince < SPIN) {
        Thread.onSpinWait();
      } else {
        park(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  }

  private boolean takeIn() {
    boolean isNews = false;
    for (Occurrence next = added.poll(); next != null; next = added.poll()) {
      isNews = true;
      boolean callsBack = next.event.device().driver().callsBack();
      (callsBack ? calledBack : polled).add(next);
    }
    for (Occurrence next = noted.poll(); next != null; next = noted.poll()) {
      isNews = true;
      ask(next);
    }
    return isNews;
  }

  private boolean sweepPolled() {
    sweep++;
    return removeFinished(polled, true);
  }

  /** Asks for what callbacks should tell, for those that never come. */
  private boolean sweepCalledBack(long now) {
    boolean isLooking = isToLook;
    if (isLooking) {
      isToLook = false; // also if there is nothing to look at, or it would never park again
    }
    if (calledBack.isEmpty() || (!isLooking && now - nextSeldom < 0)) {
      return false;
    }
    boolean isNews = removeFinished(calledBack, false);
    long end = System.nanoTime();
    nextSeldom = end + Math.max(SELDOM, 20 * (end - now)); // at most a twentieth of a processor
    return isNews;
  }

  private boolean removeFinished(List<Occurrence> list, boolean inOrder) {
    int kept = 0;
    int size = list.size();
    for (int i = 0; i < size; i++) {
      Occurrence one = list.get(i);
      LocalStream stream = inOrder ? one.stream() : null;
      if (stream != null && stream.isBehindPending(sweep, one.sequence())) {
        list.set(kept++, one);
      } else if (!ask(one)) {
        list.set(kept++, one);
        if (stream != null) {
          stream.isPending(sweep, one.sequence());
        }
      }
    }
    list.subList(kept, size).clear();
    watched.addAndGet(kept - size);
    return kept < size;
  }

  private boolean ask(Occurrence one) {
    try {
      return one.poll();
    } catch (Throwable e) { // of a driver, or an Error of a callback; the others are watched on
      LOG.log(Level.ERROR, "watching " + one.describe(), e);
      one.finish(e);
      return true;
    }
  }

  private void park(long nanos) {
    isParked = true;
    if (added.isEmpty() && noted.isEmpty() && !isClosed && !isToLook) {
      if (nanos == 0) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    isParked = false;
  }

  /** Ends the thread. What is watched by then fails. */
  void close() {
    Thread running;
    synchronized (this) {
      isClosed = true;
      running = thread;
    }
    if (running != null) {
      LockSupport.unpark(running);
      boolean wasInterrupted = false;
      while (running.isAlive()) {
        try {
          running.join();
        } catch (InterruptedException e) {
          wasInterrupted = true;
        }
      }
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
    polled.addAll(calledBack);
    polled.addAll(added);
    polled.forEach(
        one -> one.finish(new DeviceException("its devices were closed: " + one.describe())));
    watched.set(0);
  }
}
