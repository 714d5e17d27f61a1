package dev.carillon.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a kind has taken in and could not read again: kept until it is taken care of or passed over,
 * so that the next run gives it out once more. It holds what is under way, and no more than that.
 */
final class Kept<T> {
  private final Map<Long, T> values = new LinkedHashMap<>(); // guarded by this
  private long last; // guarded by this

  /** Puts what is left of the runs before in again, in its order. */
  <P> void putLeft(Intake<P> intake, Turn<P> turn, Function<T, Item<P>> item)
      throws InterruptedException {
    List<Map.Entry<Long, T>> left;
    synchronized (this) {
      left = values.entrySet().stream().map(e -> Map.entry(e.getKey(), e.getValue())).toList();
    }
    for (Map.Entry<Long, T> entry : left) {
      put(intake, turn, entry.getKey(), item.apply(entry.getValue()));
    }
  }

  /** Puts something in that has just come. */
  <P> void put(Intake<P> intake, Turn<P> turn, T value, Function<T, Item<P>> item)
      throws InterruptedException {
    long key;
    synchronized (this) {
      key = ++last;
      values.put(key, value);
    }
    put(intake, turn, key, item.apply(value));
  }

  /* What fails while the run stops may have failed for that, or have stopped it: it stays. */
  private <P> void put(Intake<P> intake, Turn<P> turn, long key, Item<P> item)
      throws InterruptedException {
    turn.put(
        item,
        cause -> {
          if (cause == null || !intake.isStopping()) {
            remove(key);
          }
        });
  }

  private synchronized void remove(long key) {
    values.remove(key);
  }

  synchronized int size() {
    return values.size();
  }
}
