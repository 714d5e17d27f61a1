package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import java.util.function.LongConsumer;

/** An object of the driver that may be closed while others use it: the last of them releases it. */
final class NativeHandle implements AutoCloseable {
  private final String what;
  private final long object;
  private final LongConsumer release; // called once, without the monitor

  // guarded by this
  private int uses;
  private boolean isClosed;

  /**
   * Takes an object over.
   *
   * @param what it is, for messages: "a buffer"
   * @param object the driver's pointer
   * @param release gives it back to the driver
   */
  NativeHandle(String what, long object, LongConsumer release) {
    this.what = what;
    this.object = object;
    this.release = release;
  }

  /**
   * {@return the object, not released before {@link #done}}
   *
   * @throws DeviceException if it is closed
   */
  synchronized long use() {
    if (isClosed) {
      throw new DeviceException(what + " must not be used after it was closed");
    }
    uses++;
    return object;
  }

  /** Ends a use. */
  void done() {
    boolean isLast;
    synchronized (this) {
      uses--;
      isLast = uses == 0 && isClosed;
    }
    if (isLast) {
      release.accept(object);
    }
  }

  /**
   * Has no use begin from now on; the object is released when the last one has ended. Idempotent.
   */
  @Override
  public void close() {
    boolean isLast;
    synchronized (this) {
      isLast = uses == 0 && !isClosed;
      isClosed = true;
    }
    if (isLast) {
      release.accept(object);
    }
  }
}
