package dev.carillon.flow;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What commits say of a run: of one, of several, or of all. Not safe for use by several threads.
 */
final class RunChanges {
  /** The greatest severity so far. */
  RunStatus status = RunStatus.OK;

  /** The iteration that was committed last, of each unit. */
  final Map<Integer, Long> iterations = new TreeMap<>();

  /** Values of keys, as the journal's codec writes them. */
  final Map<String, byte[]> keys = new TreeMap<>();

  boolean isEmpty() {
    return iterations.isEmpty() && keys.isEmpty();
  }

  /** Adds what came later. */
  void add(RunChanges later) {
    status = status.max(later.status);
    iterations.putAll(later.iterations);
    keys.putAll(later.keys);
  }

  /** Leaves out the values that are those of before. */
  void leaveOutKeysOf(RunChanges before) {
    keys.entrySet().removeIf(e -> Arrays.equals(e.getValue(), before.keys.get(e.getKey())));
  }
}
