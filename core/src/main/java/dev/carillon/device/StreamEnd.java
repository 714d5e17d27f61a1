package dev.carillon.device;

import dev.carillon.spi.DeviceException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a stream ends: once, by whoever closes it first, or because its device is lost. */
final class StreamEnd {
  /*
   * It takes nothing more and opens its gates; then lets what was given finish, for a time; then what
   * has not finished fails; then the driver gives the stream up. Others that close it wait for that.
   *
   * `lost` is set once, when the stream ends with work that has not finished: from then on the driver
   * is not asked for its events, which have failed.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private final LocalStream stream;
  private final LocalDevice device;
  private final ClosedGates gates;
  private final UnderWay underWay;
  private volatile @Nullable Throwable lost; // written under the monitor, once
  private volatile @Nullable Thread closer; // written once
  private final CountDownLatch closed = new CountDownLatch(1); // when the driver's was given up

  StreamEnd(LocalDevice device, LocalStream stream, ClosedGates gates, UnderWay underWay) {
    this.device = device;
    this.stream = stream;
    this.gates = gates;
    this.underWay = underWay;
  }

  /** {@return why its events are not asked for any more; null while they are} */
  @Nullable Throwable lost() {
    return lost;
  }

  /** {@return whether all that was given has finished} */
  boolean close(Duration patience) {
    return shut() ? end(patience) : awaitClosed(patience) && lost == null;
  }

  /**
   * Takes nothing more, and waits for nothing by gates any more. To be followed by {@link #end}.
   *
   * @return whether this call is the first
   */
  boolean shut() {
    return shut(stream.closed());
  }

  private boolean shut(Throwable cause) {
    List<StreamGate> shut = gates.shut();
    if (shut == null) {
      return false;
    }
    closer = Thread.currentThread();
    try {
      shut.forEach(gate -> gate.abandon(cause));
    } catch (RuntimeException | Error e) {
      giveUp();
      throw e;
    }
    return true;
  }

  /**
   * Lets what was given finish, and gives the stream up.
   *
   * @return whether all has finished in time
   */
  boolean end(Duration patience) {
    boolean isDrained = false;
    try {
      isDrained = drain(patience);
      if (!isDrained) {
        underWay.settle(); // what has finished by now has not failed
        lose(
            new DeviceException(
                "its stream was closed before it had finished: "
                    + stream.describe()
                    + ", patience="
                    + patience));
      }
    } finally {
      giveUp();
    }
    return isDrained && lost == null;
  }

  /**
   * {@return whether all that was given has finished in time} Goes without the event system, which
   * may have ended.
   */
  private boolean drain(Duration patience) {
    LocalDeviceEvent last =
        new LocalDeviceEvent(device, "end of " + stream.options().name(), false);
    Occurrence end = last.now();
    var _ = end.begin();
    try {
      stream.put(end);
    } catch (RuntimeException e) { // so the device has failed, and nothing is under way
      LOG.log(Level.DEBUG, "closing " + stream.describe(), e);
      return true;
    }
    if (end.poll()) {
      return true;
    }
    var isOver = new CountDownLatch(1);
    end.add(_ -> isOver.countDown());
    try {
      return isOver.await(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return end.isFinished();
    }
  }

  /** Gives the driver's stream up. */
  private void giveUp() {
    try {
      underWay.settle(); // while the driver can be asked
      device.closed(stream);
      device.driver().closeStream(stream.driverStream());
    } finally {
      closed.countDown();
    }
  }

  /** {@return whether another thread that closes this stream has done so in time} */
  private boolean awaitClosed(Duration patience) {
    if (closed.getCount() == 0) {
      return true;
    }
    if (Thread.currentThread().equals(closer)) { // in a callback of an event that it has failed
      return false;
    }
    try {
      return closed.await(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return closed.getCount() == 0;
    }
  }

  /** Has all events fail that have not finished. */
  private void lose(Throwable cause) {
    synchronized (this) {
      if (lost == null) {
        lost = cause;
      }
    }
    device.watcher().look();
  }

  /** Ends without asking the driver, which has lost the device. */
  void abandon(Throwable cause) {
    lose(cause); // first, as a thread may be closing it and wait for its end
    if (shut(cause)) {
      giveUp();
    } else {
      var _ = awaitClosed(device.closePatience());
    }
  }
}
