package dev.carillon.device;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The callbacks of one occurrence. */
final class Callbacks {
  /*
   * Callbacks run in the order in which they were given, each once, one at a time, and with no lock
   * held. So one thread at a time runs them, until none is left: that is decided under the lock, where
   * it finds the queue empty and says that nobody runs. Who adds one meanwhile leaves it to that
   * thread; who adds one later, to an occurrence that has finished, becomes that thread.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.device");

  private final LocalDeviceEvent event;

  // guarded by this
  private final Queue<DeviceCallback> waiting = new ArrayDeque<>();
  private @Nullable DeviceEventStatus status;
  private boolean isRunning;

  Callbacks(LocalDeviceEvent event) {
    this.event = event;
  }

  void add(DeviceCallback callback) {
    synchronized (this) {
      waiting.add(callback);
    }
    runAll();
  }

  /** Says how it ended. Idempotent. */
  void finished(DeviceEventStatus how) {
    synchronized (this) {
      status = how;
    }
    runAll();
  }

  private void runAll() {
    DeviceEventStatus how;
    synchronized (this) {
      if (status == null || isRunning) {
        return;
      }
      how = status;
      isRunning = true;
    }
    Error thrown = null;
    for (DeviceCallback next = next(); next != null; next = next()) {
      try {
        next.finished(how);
      } catch (Exception e) {
        failed(e);
      } catch (Error e) { // is for the thread that runs it, after the others were told
        failed(e);
        thrown = e;
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  private synchronized @Nullable DeviceCallback next() {
    DeviceCallback next = waiting.poll();
    if (next == null) {
      isRunning = false;
    }
    return next;
  }

  private void failed(Throwable e) {
    event.device().counts().callbackFailed();
    LOG.log(Level.WARNING, "a callback of " + event.describe() + " must not throw", e);
  }
}
