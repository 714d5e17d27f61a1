package dev.carillon.flow;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the keys of one lifetime hold. Safe for use by any thread. */
final class KeyValues {
  /*
   * A map that is never changed, and replaced by each commit: whoever reads sees all that an attempt
   * has written or nothing of it. Those who have to see a commit come after it by the plan's edges.
   */
  private volatile Map<Key<?>, Object> values;

  KeyValues(Map<Key<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  synchronized void commit(Map<Key<?>, Object> written) {
    var next = new HashMap<>(values);
    next.putAll(written);
    values = next;
  }

  void clear() {
    values = Map.of();
  }

  @Nullable Object read(Key<?> key) {
    return values.get(key);
  }

  /** {@return all of it, as it was at one moment} */
  Map<Key<?>, Object> snapshot() {
    return values;
  }
}
