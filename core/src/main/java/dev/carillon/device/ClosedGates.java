package dev.carillon.device;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The closed gates of a stream: kept until they have been opened, so that closing the stream can
 * open them, and explanations tell what they are for.
 */
final class ClosedGates {
  private volatile boolean isShut; // written under the monitor, once
  private final Set<StreamGate> closed = new LinkedHashSet<>(); // guarded by this

  /** {@return whether the stream takes nothing more} */
  boolean isShut() {
    return isShut;
  }

  /** {@return whether it was added; false if the stream takes nothing more} */
  synchronized boolean add(StreamGate gate) {
    return !isShut && closed.add(gate);
  }

  synchronized void remove(StreamGate gate) {
    closed.remove(gate);
  }

  /** {@return those that are closed} */
  synchronized List<StreamGate> all() {
    return List.copyOf(closed);
  }

  /** {@return whether a gate is closed that opens when an occurrence has finished} */
  synchronized boolean waitFor(Occurrence one) {
    for (StreamGate gate : closed) {
      if (gate.isFor(one)) {
        return true;
      }
    }
    return false;
  }

  /** {@return what is to be opened, as the stream takes nothing more; null if others do so} */
  synchronized @Nullable List<StreamGate> shut() {
    if (isShut) {
      return null;
    }
    isShut = true;
    List<StreamGate> left = List.copyOf(closed);
    closed.clear();
    return left;
  }
}
