package dev.carillon.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The least object that completes once and runs one listener, whoever comes first. */
final class Floor {
  private static final Object DONE = new Object();
  private static final VarHandle LISTENER;

  static {
    try {
      LISTENER = MethodHandles.lookup().findVarHandle(Floor.class, "listener", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private Object listener; // null, then a Runnable unless complete first, then DONE

  void listen(Runnable action) {
    if (!LISTENER.compareAndSet(this, null, action)) {
      action.run();
    }
  }

  void complete() {
    if (LISTENER.getAndSet(this, DONE) instanceof Runnable action) {
      action.run();
    }
  }
}
