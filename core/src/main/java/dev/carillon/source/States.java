package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of a source, and those who are told of it. */
final class States {
  /*
   * Changes are queued under the monitor and told outside of it, by one thread at a time: who finds
   * another at it leaves its change to that one. So they are told in order. A source changes its
   * state a few times a second at most, so the queue stays short.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final String name;
  private final List<SourceListener> listeners;

  // guarded by this
  private final ArrayDeque<SourceListener.Change> untold = new ArrayDeque<>();
  private boolean isTelling;
  private @Nullable Throwable failure;

  private volatile SourceState state = SourceState.STOPPED; // written under the monitor

  States(String name, List<SourceListener> listeners) {
    this.name = name;
    this.listeners = new ArrayList<>(listeners);
  }

  SourceState state() {
    return state;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Waits until it is in one of those states: {@return which, or null if the time passed first} */
  synchronized @Nullable SourceState await(List<SourceState> wanted, long timeoutNanos)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    while (!wanted.contains(state)) {
      long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
      if (millis <= 0) {
        return null;
      }
      wait(millis);
    }
    return state;
  }

  /** Changes the state. */
  void set(SourceState to, String detail, @Nullable Throwable cause) {
    synchronized (this) {
      change(to, detail, cause);
    }
    tell();
  }

  /** Changes the state if it is a certain one: {@return whether it was} */
  boolean setIf(SourceState from, SourceState to, String detail) {
    synchronized (this) {
      if (state != from) {
        return false;
      }
      change(to, detail, null);
    }
    tell();
    return true;
  }

  private void change(SourceState to, String detail, @Nullable Throwable cause) {
    SourceState from = state;
    state = to;
    if (to == SourceState.CONNECTED) {
      failure = null;
    } else if (cause != null) {
      failure = cause;
    }
    notifyAll();
    if (from != to) {
      untold.add(new SourceListener.Change(name, from, to, detail, cause));
    }
  }

  private void tell() {
    while (true) {
      SourceListener.Change next;
      synchronized (this) {
        if (isTelling || untold.isEmpty()) {
          return;
        }
        isTelling = true;
        next = untold.remove();
      }
      for (SourceListener listener : listeners) {
        try {
          listener.changed(next);
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "a listener of source \"" + name + "\" must not throw", e);
        }
      }
      synchronized (this) {
        isTelling = false;
      }
    }
  }
}
