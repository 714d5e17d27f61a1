package dev.carillon.source;

import dev.carillon.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** How often a signal has come and was not given out: told by the signal's thread. */
final class SignalCount implements Runnable {
  final String name;
  private final Clock clock;
  private final Object wakes; // guards what follows, shared by all of a source; held for a moment

  private long times;
  private Instant first = Instant.EPOCH;

  SignalCount(String name, Clock clock, Object wakes) {
    this.name = name;
    this.clock = clock;
    this.wakes = wakes;
  }

  /** The signal has come. */
  @Override
  public void run() {
    Instant now = clock.now();
    synchronized (wakes) {
      if (times++ == 0) {
        first = now;
      }
      wakes.notifyAll();
    }
  }

  /** {@return what has come; the caller holds the lock} */
  Optional<OsSignal> take() {
    if (times == 0) {
      return Optional.empty();
    }
    var signal = new OsSignal(name, RawSignals.number(name), times, first);
    times = 0;
    return Optional.of(signal);
  }
}
