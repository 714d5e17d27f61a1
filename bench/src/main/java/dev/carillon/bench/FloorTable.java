package dev.carillon.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The least code for a listener on an event whose system knows both: an event is a number in a
 * table that has its state and its listener. One thread creates, any completes.
 */
final class FloorTable {
  private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int SIZE = 4_096;
  private static final long LISTENER = 1;
  private static final long COMPLETE = 2;

  /** An event's object. */
  record Ticket(FloorTable table, int number) {}

  private final long[] state = new long[SIZE];
  private final Runnable[] listeners = new Runnable[SIZE];
  private final int[] free = new int[SIZE];
  private int top;

  FloorTable() {
    for (int i = 0; i < SIZE; i++) {
      free[top++] = SIZE - 1 - i;
    }
  }

  Ticket create() {
    int number = free[--top];
    STATE.setRelease(state, number, 0L);
    return new Ticket(this, number);
  }

  void listen(int number, Runnable listener) {
    listeners[number] = listener;
    if (!STATE.compareAndSet(state, number, 0L, LISTENER)) {
      listener.run();
    }
  }

  void complete(int number) {
    long before = (long) STATE.getAcquire(state, number);
    if (!STATE.compareAndSet(state, number, before, COMPLETE)) {
      throw new IllegalStateException("an event completes once: number=" + number);
    }
    free[top++] = number;
    if (before == LISTENER) {
      Runnable listener = listeners[number];
      listeners[number] = null;
      listener.run();
    }
  }
}
