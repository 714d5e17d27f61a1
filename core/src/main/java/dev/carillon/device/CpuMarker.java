package dev.carillon.device;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DriverStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in a queue of the CPU, which is reached, or said to be. */
final class CpuMarker {
  private final boolean isTimed;

  // guarded by this
  private DriverStatus status = DriverStatus.PENDING;
  private @Nullable Throwable failure;
  private long nanos;
  private @Nullable List<Runnable> waiting;

  CpuMarker(boolean isTimed) {
    this.isTimed = isTimed;
  }

  synchronized DriverStatus status() {
    return status;
  }

  /** {@return the first failure that was said of it} */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  String message() {
    Throwable known = failure();
    return known == null ? "it comes after something that failed" : Failures.text(known);
  }

  synchronized long nanos() {
    return nanos;
  }

  /** The host says that it has finished; nothing happens if it had. */
  void finish(@Nullable String error) {
    reach(error != null, error == null ? null : new DeviceException(error));
  }

  /**
   * Says that it has finished; nothing happens if it had.
   *
   * @param hasFailed whether it has failed
   * @param cause how, if that is its own failure
   */
  void reach(boolean hasFailed, @Nullable Throwable cause) {
    List<Runnable> told;
    synchronized (this) {
      if (status != DriverStatus.PENDING) {
        return;
      }
      failure = cause;
      if (isTimed) {
        nanos = System.nanoTime();
      }
      told = waiting;
      waiting = null;
      status = hasFailed ? DriverStatus.FAILED : DriverStatus.COMPLETE;
    }
    if (told != null) {
      tell(told);
    }
  }

  /** Runs all; an Error of one, such as a callback's, is thrown after the others have run. */
  private static void tell(List<Runnable> told) {
    Throwable first = null;
    for (Runnable action : told) {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first instanceof Error error) {
      throw error;
    } else if (first instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Has an action run when it has finished; at once if it has. */
  void whenFinished(Runnable action) {
    synchronized (this) {
      if (status == DriverStatus.PENDING) {
        if (waiting == null) {
          waiting = new ArrayList<>(1);
        }
        waiting.add(action);
        return;
      }
    }
    action.run();
  }
}
