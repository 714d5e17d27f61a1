package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The time of a device: nanoseconds since the first timed event was recorded on it. */
final class CudaClock {
  /*
   * A driver tells only the time between two events, in milliseconds as a float: within four seconds
   * that is as exact as its clock, about half a microsecond, and after an hour a quarter of a
   * millisecond. So a timed event is measured from an epoch, an event that was recorded on an idle
   * stream no more than four seconds before; epochs are measured each from the one before, once it
   * has been asked for or the next one is made, and the sums are doubles. One that has not finished
   * when the next is made is measured later.
   *
   * Whoever calls this has its monitor and has entered the context, in this order. At the end of the
   * context nobody else is within, so that it goes without.
   */
  private static final long LASTS_NANOS = 4_000_000_000L;
  private static final double NANOS_PER_MILLI = 1e6;

  /** An epoch was recorded before its events, but on another stream, so it may be a little late. */
  private static final long PATIENCE_NANOS = 10_000_000;

  private final CudaContext context;
  private @Nullable Epoch last; // see above

  CudaClock(CudaContext context) {
    this.context = context;
  }

  /** Where events are measured from. */
  static final class Epoch {
    private final long event;
    private final long madeAt; // by System.nanoTime()
    private @Nullable Epoch before; // null once it is known when this one was
    private double nanos;
    private int users; // events, the next epoch, and the clock while it is the last one

    private Epoch(long event, long madeAt, @Nullable Epoch before) {
      this.event = event;
      this.madeAt = madeAt;
      this.before = before;
    }
  }

  /** {@return the epoch for an event that is recorded now} */
  Epoch epoch() {
    Epoch known = last;
    long now = System.nanoTime();
    if (known == null || now - known.madeAt > LASTS_NANOS) {
      last = new Epoch(recorded(), now, known); // which uses the one before, as the clock did
      last.users++;
      if (known != null && isOver(known)) {
        place(known);
      }
      known = last;
    }
    known.users++;
    return known;
  }

  /** Says that an event is not measured from an epoch any more. */
  void leave(Epoch epoch) {
    if (--epoch.users == 0) {
      context.said("cuEventDestroy", context.api().eventDestroy(epoch.event));
      if (epoch.before != null) {
        leave(epoch.before);
        epoch.before = null;
      }
    }
  }

  /** {@return when an event finished} */
  long nanos(Epoch epoch, long event) {
    place(epoch);
    return Math.round(epoch.nanos + between(epoch.event, event));
  }

  private long recorded() {
    CudaApi api = context.api();
    long event = context.newEvent(true);
    int code = api.eventRecord(event, context.serviceStream());
    if (code != CudaApi.SUCCESS) {
      context.said("cuEventDestroy", api.eventDestroy(event));
      throw api.failure("cuEventRecord", code);
    }
    return event;
  }

  private boolean isOver(Epoch epoch) {
    return context.api().eventQuery(epoch.event) == CudaApi.SUCCESS;
  }

  private void place(Epoch epoch) {
    Epoch before = epoch.before;
    if (before != null) {
      place(before);
      epoch.nanos = before.nanos + between(before.event, epoch.event);
      epoch.before = null;
      leave(before);
    }
  }

  private double between(long start, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment millis = arena.allocate(JAVA_FLOAT);
      CudaApi api = context.api();
      int code = api.eventElapsedTime(millis, start, end);
      long began = System.nanoTime();
      while (code == CudaApi.NOT_READY && System.nanoTime() - began < PATIENCE_NANOS) {
        Thread.onSpinWait();
        code = api.eventElapsedTime(millis, start, end);
      }
      api.check("cuEventElapsedTime", code);
      return millis.get(JAVA_FLOAT, 0) * NANOS_PER_MILLI;
    }
  }

  /** Forgets the last epoch, as the context ends; others go with their events. */
  void end() {
    if (last != null) {
      leave(last);
      last = null;
    }
  }
}
