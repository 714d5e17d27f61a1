package dev.carillon.cuda;

import dev.carillon.spi.DeviceGate;
import java.util.ArrayDeque;

/** The gates of a stream: one word in memory, which the stream waits to reach a gate's number. */
final class StreamGates {
  /*
   * Gates have consecutive numbers. The word is the number of the last gate that is open with all
   * before it: a stream comes to its gates in order, so that a later one that is opened first lets
   * nothing through anyway. Numbers may overflow: the device compares by the sign of the difference.
   */
  private final GateWords.Word word;

  // guarded by this
  private final ArrayDeque<Gate> closed = new ArrayDeque<>(); // and open ones behind such
  private int reached;
  private boolean isEnded;

  StreamGates(GateWords.Word word) {
    this.word = word;
    this.reached = word.value();
  }

  private final class Gate implements DeviceGate {
    private boolean isOpen; // guarded by the gates

    @Override
    public void open(boolean isWell) {
      StreamGates.this.open(this);
    }
  }

  GateWords.Word word() {
    return word;
  }

  /** {@return the number of the next gate} */
  synchronized int next() {
    return reached + closed.size() + 1;
  }

  /** {@return the next gate; the stream waits for its number} */
  synchronized DeviceGate add() {
    var gate = new Gate();
    closed.add(gate);
    return gate;
  }

  private synchronized void open(Gate gate) {
    if (isEnded) {
      return;
    }
    gate.isOpen = true;
    while (!closed.isEmpty() && closed.element().isOpen) {
      closed.remove();
      reached++;
    }
    word.open(reached);
  }

  /** Opens all, as the stream is closed; the word may be given to another stream. */
  synchronized void end() {
    if (!isEnded) {
      isEnded = true;
      word.open(reached + closed.size());
      closed.clear();
    }
  }
}
