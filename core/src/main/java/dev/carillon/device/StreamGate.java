package dev.carillon.device;

import dev.carillon.event.Registration;
import dev.carillon.spi.DeviceGate;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Something that a stream waits for by the host, and the gate in the stream. */
final class StreamGate implements Upstream {
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private final Upstream awaited;
  private final @Nullable Occurrence occurrence;
  private final long since;
  private volatile @Nullable Throwable abandoned; // why nobody waits any more
  private volatile boolean isForgiven; // set once

  // guarded by this
  private @Nullable DeviceGate gate; // null before it is there, and after it was opened
  private @Nullable Registration listening; // null before it is there, and after it was given up

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

  /** Has the driver told that all is well whatever comes: its stream has recovered from that. */
  void forgive() {
    isForgiven = true;
  }

  /** Opens the gate. Idempotent. */
  void open(boolean isWell) {
    DeviceGate opened;
    synchronized (this) {
      opened = gate;
      gate = null;
    }
    if (opened != null) {
      try {
        opened.open(isWell || isForgiven);
      } catch (RuntimeException e) { // it must not; others are opened all the same
        LOG.log(Level.ERROR, "a gate was not opened, of a wait for " + describe(), e);
      }
    }
  }

  /** Has what opens the gate taken off its event if nobody waits any more. */
  void listens(Registration registration) {
    synchronized (this) {
      if (abandoned == null) {
        listening = registration;
        return;
      }
    }
    registration.remove();
  }

  /** Opens the gate although what it is for has not finished, which is the failure of the wait. */
  void abandon(Throwable cause) {
    Registration left;
    synchronized (this) {
      if (abandoned != null) {
        return;
      }
      abandoned = cause;
      left = listening;
      listening = null;
    }
    if (left != null) {
      left.remove(); // or the event would keep the stream for as long as it is pending
    }
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
