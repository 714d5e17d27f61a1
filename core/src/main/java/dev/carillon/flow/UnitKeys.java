package dev.carillon.flow;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What the iterations of a unit that are under way have written to keys. */
final class UnitKeys {
  private final KeyValues ofRun;
  private final KeyValues[] ofIteration; // of each slot
  private final KeyValues[] writtenForRun; // of each slot; none if there is no journal

  UnitKeys(KeyValues ofRun, int slots, boolean isJournaled) {
    this.ofRun = ofRun;
    this.ofIteration = new KeyValues[slots];
    this.writtenForRun = new KeyValues[isJournaled ? slots : 0];
    Arrays.setAll(ofIteration, _ -> new KeyValues(Map.of()));
    Arrays.setAll(writtenForRun, _ -> new KeyValues(Map.of()));
  }

  private static KeyValues at(KeyValues[] slots, long iteration) {
    return slots[(int) (iteration % slots.length)];
  }

  /** {@return what keys hold that last for an iteration} */
  KeyValues ofIteration(long iteration) {
    return at(ofIteration, iteration);
  }

  /** {@return what an iteration has written to keys that last for the run; only with a journal} */
  Map<Key<?>, Object> writtenForRun(long iteration) {
    return at(writtenForRun, iteration).snapshot();
  }

  /** Prepares for an iteration. */
  void clear(long iteration) {
    ofIteration(iteration).clear();
    if (writtenForRun.length > 0) {
      at(writtenForRun, iteration).clear();
    }
  }

  /** Makes seen what an attempt has written that succeeded. */
  void commit(Map<Key<?>, Object> written, long iteration) {
    var forRun = new HashMap<Key<?>, Object>();
    var forIteration = new HashMap<Key<?>, Object>();
    written.forEach(
        (key, value) -> (key.scope() == Key.Lifetime.RUN ? forRun : forIteration).put(key, value));
    if (!forRun.isEmpty()) {
      ofRun.commit(forRun);
      if (writtenForRun.length > 0) {
        at(writtenForRun, iteration).commit(forRun);
      }
    }
    if (!forIteration.isEmpty()) {
      ofIteration(iteration).commit(forIteration);
    }
  }
}
