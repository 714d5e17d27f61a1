package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.spi.DeviceException;
import java.time.Duration;

/** How threads wait for occurrences, which may fail without that being a failure of the wait. */
final class Waiting {
  private Waiting() {}

  /** Waits until an occurrence has finished, well or not. */
  static void until(Occurrence awaited) throws InterruptedException {
    check(awaited);
    try {
      awaited.done().await();
    } catch (PoisonedException e) {
      check(awaited, e);
    }
  }

  /** Waits until an occurrence has finished, well or not, or the time is over. */
  static void atMost(Occurrence awaited, Duration timeout) throws InterruptedException {
    check(awaited);
    try {
      var _ = awaited.done().await(timeout);
    } catch (PoisonedException e) {
      check(awaited, e);
    }
  }

  /**
   * Waits until an occurrence has succeeded.
   *
   * @throws PoisonedException if it has failed
   */
  static void untilWell(Occurrence awaited) throws InterruptedException {
    check(awaited);
    try {
      awaited.done().await();
    } catch (PoisonedException e) {
      check(awaited, e);
      if (awaited.failure() != null) {
        throw e;
      }
    }
  }

  /**
   * Blocks a thread that is to have a stream wait for something.
   *
   * @throws DeviceException if it is interrupted, its interrupt status being kept, or if nobody can
   *     wait any longer
   */
  static void blocked(Event until, LocalStream stream, Upstream awaited) {
    if (stream.device().watcher().isCurrent()) {
      throw new DeviceMisuseException(
          "a callback must not have a stream wait that blocks its caller, as it runs on the thread"
              + " that watches devices: %s, for %s"
                  .formatted(stream.describe(), awaited.describe()));
    }
    try {
      until.await();
    } catch (PoisonedException e) { // what comes after it in the stream fails; the wait does not
      if (!awaited.isFinished()) {
        throw nobodyCan(awaited, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeviceException(
          "interrupted while "
              + stream.describe()
              + " waited, by its caller, for "
              + awaited.describe(),
          e);
    }
  }

  /** Keeps a thread from waiting for itself, where it has to find out, or to come there first. */
  static void check(Occurrence awaited) {
    LocalStream stream = awaited.stream();
    if (stream != null && stream.isCurrent() && !awaited.poll()) {
      throw new DeviceMisuseException(
          "work of a stream, and its callbacks, must not wait for what comes after them in it: %s, on %s"
              .formatted(awaited.describe(), stream.describe()));
    }
    if (awaited.event.device().watcher().isCurrent()) {
      throw new DeviceMisuseException(
          "a callback must not wait for a device, as it runs on the thread that watches them: "
              + awaited.describe());
    }
  }

  /** The event system may have been shut down, which says nothing of the device. */
  private static void check(Occurrence awaited, PoisonedException e) {
    if (!awaited.poll()) {
      throw nobodyCan(awaited, e);
    }
  }

  /** {@return what is thrown where the event system has ended before what is waited for} */
  static DeviceException nobodyCan(Upstream awaited, PoisonedException e) {
    return new DeviceException("nobody can wait any longer for " + awaited.describe(), e);
  }
}
