package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The state of a source, and those who are told of it. */
final class States {
  /*
   * Changes are queued under the monitor, and told by a virtual thread that is there while there is
   * something to tell. So they are told in order, a listener may stop its source or start it again,
   * and a slow one holds nothing up. A source changes its state a few times a second at most; should
   * a listener never return, the oldest changes are let go.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int MOST_UNTOLD = 1024;

  private final String name;
  private final List<SourceListener> listeners;

  // guarded by this
  private final ArrayDeque<SourceListener.Change> untold = new ArrayDeque<>();
  private @Nullable Thread teller; // while there is something to tell
  private @Nullable Throwable failure;
  private boolean wasConnected; // since the last start

  private volatile SourceState state = SourceState.STOPPED; // written under the monitor

  States(String name, List<SourceListener> listeners) {
    this.name = name;
    this.listeners = List.copyOf(listeners);
  }

  SourceState state() {
    return state;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /**
   * Waits until it is connected, or was since its last start, or there is nothing to wait for.
   *
   * @return whether it is or was, or has ended; false if the time passed first, or it is stopped or
   *     failed for good
   */
  synchronized boolean awaitConnected(long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    while (!wasConnected && (state == SourceState.STARTING || state == SourceState.FAILING)) {
      if (!waitUntil(deadline)) {
        return false;
      }
    }
    return state != SourceState.STOPPED && state != SourceState.FAILED;
  }

  /** Waits until all changes are told, but not if the calling thread is to tell them. */
  synchronized void awaitTold(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    boolean interrupted = false;
    while (teller != null && !Thread.currentThread().equals(teller)) {
      try {
        if (!waitUntil(deadline)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a change: {@return false if the deadline has passed} */
  private boolean waitUntil(long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    TimeUnit.NANOSECONDS.timedWait(this, left);
    return true;
  }

  /** Begins anew, as it is started. */
  synchronized void start(String detail) {
    wasConnected = false;
    change(SourceState.STARTING, detail, null);
  }

  /** Changes the state. */
  synchronized void set(SourceState to, String detail, @Nullable Throwable cause) {
    change(to, detail, cause);
  }

  /** Changes the state if it is a certain one: {@return whether it was} */
  synchronized boolean setIf(SourceState from, SourceState to, String detail) {
    if (state != from) {
      return false;
    }
    change(to, detail, null);
    return true;
  }

  private void change(SourceState to, String detail, @Nullable Throwable cause) {
    SourceState from = state;
    state = to;
    if (to == SourceState.CONNECTED) {
      failure = null;
      wasConnected = true;
    } else if (cause != null) {
      failure = cause;
    }
    notifyAll();
    if (from == to) {
      return;
    }
    if (untold.size() == MOST_UNTOLD) {
      SourceListener.Change lost = untold.remove();
      LOG.log(Level.WARNING, "a listener of source \"%s\" is too slow: %s".formatted(name, lost));
    }
    untold.add(new SourceListener.Change(name, from, to, detail, cause));
    if (teller == null) {
      teller =
          Thread.ofVirtual().name("carillon-source-" + name + "-listeners").unstarted(this::tell);
      teller.start();
    }
  }

  private void tell() {
    for (SourceListener.Change next = next(); next != null; next = next()) {
      for (SourceListener listener : listeners) {
        try {
          listener.changed(next);
        } catch (Throwable e) { // an Error must not keep the others from hearing
          LOG.log(Level.WARNING, "a listener of source \"" + name + "\" must not throw", e);
        }
      }
    }
  }

  private synchronized SourceListener.@Nullable Change next() {
    SourceListener.Change next = untold.poll();
    if (next == null) {
      teller = null;
      notifyAll();
    }
    return next;
  }
}
