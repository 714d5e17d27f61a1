package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/** What a lane has done. */
final class LaneCounts {

  // counted by anyone
  final LongAdder refused = new LongAdder();
  final LongAdder dropped = new LongAdder();

  // counted by whoever has the lane
  final Count handled = new Count();
  final Count batches = new Count();
  final Count failed = new Count();
  final Count timedOut = new Count();
  final Count abandoned = new Count();
  final Count discarded = new Count();
  final Count turns = new Count();
  final Count waited = new Count(); // nanoseconds for a thread, in all
  final Count longestWait = new Count();

  /** A number that one thread at a time counts, and anyone reads. */
  static final class Count {
    private static final VarHandle VALUE;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Count.class, "value", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private long value; // opaque to others: it orders nothing

    void add(long more) {
      VALUE.setOpaque(this, value + more);
    }

    /** Keeps the greater. */
    void raise(long to) {
      if (to > value) {
        VALUE.setOpaque(this, to);
      }
    }

    long read() {
      return (long) VALUE.getOpaque(this);
    }
  }
}
