package dev.carillon.schedule;

import dev.carillon.schedule.CircuitBreaker.StateChange;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells listeners of changes, in order and outside any lock. */
final class CircuitBreakerChanges {
  /*
   * Changes are queued under the lock under which they happen, so the queue has their order. Who
   * finds nobody delivering takes changes off and delivers them until there are none; all others
   * leave theirs to that thread. A listener that causes a change finds its own thread delivering,
   * and returns before the change is delivered.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private final List<Consumer<? super StateChange>> listeners;
  final LongAdder failures = new LongAdder();

  // guarded by this
  private final Queue<StateChange> waiting = new ArrayDeque<>();
  private boolean delivering;

  CircuitBreakerChanges(List<Consumer<? super StateChange>> listeners) {
    this.listeners = listeners;
  }

  /** Queues a change; call with this object's monitor held, and {@link #deliver} without it. */
  void add(StateChange change) {
    if (!listeners.isEmpty()) {
      waiting.add(change);
    }
  }

  /** Delivers what is queued, unless another call is doing so. An error is thrown in the end. */
  void deliver() {
    if (!begin()) {
      return;
    }
    Error thrown = null;
    for (StateChange change = next(); change != null; change = next()) {
      for (Consumer<? super StateChange> listener : listeners) {
        try {
          listener.accept(change);
        } catch (Exception e) {
          failures.increment();
          LOG.log(System.Logger.Level.ERROR, "a listener of a circuit breaker failed", e);
        } catch (Error e) {
          failures.increment();
          thrown = e;
        }
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  private synchronized boolean begin() {
    if (delivering || waiting.isEmpty()) {
      return false;
    }
    delivering = true;
    return true;
  }

  private synchronized @Nullable StateChange next() {
    StateChange change = waiting.poll();
    delivering = change != null;
    return change;
  }
}
