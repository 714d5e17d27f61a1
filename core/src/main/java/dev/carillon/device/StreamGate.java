package dev.carillon.device;

import dev.carillon.spi.DeviceGate;
import org.jspecify.annotations.Nullable;

/** Something that a stream waits for by the host, and the gate in the stream. */
final class StreamGate implements Upstream {
  private final Upstream awaited;
  private final @Nullable Occurrence occurrence;
  private final long since;
  private volatile @Nullable Throwable abandoned; // why nobody waits any more

  // guarded by this
  private @Nullable DeviceGate gate; // null before it is there, and after it was opened

  /**
   * A wait for something.
   *
   * @param awaited what
   * @param occurrence the same, if that is one of a device
   * @param since when it began
   */
  StreamGate(Upstream awaited, @Nullable Occurrence occurrence, long since) {
    this.awaited = awaited;
    this.occurrence = occurrence;
    this.since = since;
  }

  /** Has the gate kept until it is opened. */
  synchronized void keep(DeviceGate closed) {
    gate = closed;
  }

  /** Opens the gate. Idempotent. */
  void open(boolean isWell) {
    DeviceGate opened;
    synchronized (this) {
      opened = gate;
      gate = null;
    }
    if (opened != null) {
      opened.open(isWell);
    }
  }

  /** Opens the gate although what it is for has not finished, which is the failure of the wait. */
  void abandon(Throwable cause) {
    abandoned = cause;
    open(false);
  }

  boolean isFor(Occurrence one) {
    return one.equals(occurrence);
  }

  long since() {
    return since;
  }

  @Override
  public boolean isFinished() {
    return abandoned != null || awaited.isFinished();
  }

  @Override
  public @Nullable Throwable failure() {
    Throwable cause = abandoned;
    return cause != null ? cause : awaited.failure();
  }

  @Override
  public String describe() {
    return awaited.describe();
  }
}
