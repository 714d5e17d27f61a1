package dev.carillon.cuda;

import org.jspecify.annotations.Nullable;

/** An event of the driver, made anew when its context is gone. */
final class CudaEvent {
  private final boolean isTimed;

  // Written by the one thread that has it until it is recorded.
  private volatile CudaContext context;
  private volatile long handle;
  private volatile CudaClock.@Nullable Epoch epoch; // since it was recorded, if it is timed
  private volatile @Nullable HostSignal signal; // since it was recorded, if host functions tell

  private volatile int error; // what the driver answered when it was queried; 0 for nothing

  /** The context has been entered. */
  CudaEvent(CudaContext context, boolean isTimed) {
    this.context = context;
    this.isTimed = isTimed;
    this.handle = context.newEvent(isTimed);
  }

  CudaContext context() {
    return context;
  }

  long handle() {
    return handle;
  }

  boolean isTimed() {
    return isTimed;
  }

  int error() {
    return error;
  }

  void failed(int code) {
    error = code;
  }

  @Nullable HostSignal signal() {
    return signal;
  }

  void signalBy(HostSignal to) {
    signal = to;
  }

  CudaClock.@Nullable Epoch epoch() {
    return epoch;
  }

  /** Makes it one of this context, which has been entered; its own is gone. */
  void moveTo(CudaContext to) {
    epoch = null;
    handle = to.newEvent(isTimed);
    context = to;
  }

  /** Measures its time from now on; as of the clock's functions. */
  void startClock() {
    stopClock();
    epoch = context.clock().epoch();
  }

  /** Forgets when its time began; as of the clock's functions. */
  void stopClock() {
    CudaClock.Epoch before = epoch;
    if (before != null) {
      epoch = null;
      context.clock().leave(before);
    }
  }

  /** Forgets how it was used. */
  void clear() {
    error = CudaApi.SUCCESS;
    HostSignal before = signal;
    if (before != null) {
      signal = null;
      before.forget();
    }
  }
}
