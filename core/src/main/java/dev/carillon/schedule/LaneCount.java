package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread at a time counts, and anyone reads. */
final class LaneCount {
  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(LaneCount.class, "value", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long value; // opaque: it orders nothing

  /** Counts; only for whoever has the lane. */
  void add(long more) {
    VALUE.setOpaque(this, value + more);
  }

  /** Keeps the greater; only for whoever has the lane. */
  void raise(long to) {
    if (to > value) {
      VALUE.setOpaque(this, to);
    }
  }

  long read() {
    return (long) VALUE.getOpaque(this);
  }
}
