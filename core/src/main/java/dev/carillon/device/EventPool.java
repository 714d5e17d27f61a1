package dev.carillon.device;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Events of a driver for one device that are recorded again and again. */
final class EventPool {
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private final OpenDriver driver;
  private final int device;
  private final boolean isTimed;
  private final int most;
  private final Counts counts;

  // guarded by this
  private final ArrayDeque<Object> free = new ArrayDeque<>();

  EventPool(OpenDriver driver, int device, boolean isTimed, int most, Counts counts) {
    this.driver = driver;
    this.device = device;
    this.isTimed = isTimed;
    this.most = most;
    this.counts = counts;
  }

  /** {@return an event that is not recorded} */
  Object take() {
    Object kept;
    synchronized (this) {
      kept = free.pollLast(); // the one that caches know best
    }
    if (kept != null) {
      return kept;
    }
    Object made = driver.create(device, isTimed);
    counts.created();
    return made;
  }

  /**
   * Takes an event back. A driver that refuses is logged: whoever finds out that an event has
   * finished can do nothing about it.
   *
   * @param isDone whether it has finished; one that has not is released, which drivers do when it
   *     has
   */
  void give(Object event, boolean isDone) {
    if (!isDone || !reset(event) || !keep(event)) {
      release(event);
    }
  }

  private boolean reset(Object event) {
    try {
      return driver.reset(event);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "an event of " + driver.kind() + " is not used again", e);
      return false;
    }
  }

  private void release(Object event) {
    try {
      driver.release(event);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "an event of " + driver.kind() + " was not released", e);
    }
  }

  private synchronized boolean keep(Object event) {
    if (free.size() >= most) {
      return false;
    }
    free.addLast(event);
    return true;
  }

  /** Releases what is kept. */
  void clear() {
    for (Object event = poll(); event != null; event = poll()) {
      release(event);
    }
  }

  private synchronized @Nullable Object poll() {
    return free.pollLast();
  }
}
