package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/** An object of the driver that may be closed while others use it. */
final class NativeHandle implements AutoCloseable {
  /*
   * The state counts the uses, and has its lowest bit set once closed. No use begins from then on,
   * and who takes it to exactly the bit, the last user or whoever closes, releases the object.
   */
  private static final int CLOSED = 1;
  private static final int USE = 2;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(NativeHandle.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String what;
  private final long object;
  private final LongConsumer release;

  @SuppressWarnings("UnusedVariable") // by its handle
  private volatile int state;

  /**
   * Takes an object over.
   *
   * @param what it is, for messages: "the buffer"
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
  long use() {
    while (true) {
      int seen = state;
      if ((seen & CLOSED) != 0) {
        throw new DeviceException(what + " must not be used after it was closed");
      }
      if (STATE.compareAndSet(this, seen, seen + USE)) {
        return object;
      }
    }
  }

  /** Ends a use. */
  void done() {
    if ((int) STATE.getAndAdd(this, -USE) - USE == CLOSED) {
      release.accept(object);
    }
  }

  boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  /** Has no use begin from now on; the object is released when the last one has ended. */
  @Override
  public void close() {
    if ((int) STATE.getAndBitwiseOr(this, CLOSED) == 0) {
      release.accept(object);
    }
  }
}
