package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Something of a context that users close, and that is freed when no stream uses it any more. */
abstract class Resource {
  private static final int FEW = 16;

  private final CudaContext context;
  private final String what;

  // guarded by this
  private int uses; // calls and graphs that have it
  private boolean isClosed;
  private final Set<LocalCudaStream> streams = new HashSet<>(); // to which it was given

  Resource(CudaContext context, String what) {
    this.context = context;
    this.what = what;
  }

  final CudaContext context() {
    return context;
  }

  /** {@return what it is, for messages} */
  final String what() {
    return what;
  }

  /** {@return what the driver says as it is freed} The context has been entered or has ended. */
  abstract int free();

  /** Takes from users what they have of it, as its context has ended, while others work with it. */
  void end() {}

  /**
   * Gives up what of it is in this process, when it has been freed or its context has ended. Called
   * without a lock, perhaps twice.
   */
  void drop() {}

  /**
   * Keeps it from being freed until {@link #give}.
   *
   * @throws DeviceException if it was closed, or its context is gone
   */
  final synchronized void take() {
    if (context.gone() != null) {
      throw context.isGone(what);
    }
    if (isClosed) {
      throw new DeviceException("%s must not be used after it was closed".formatted(what));
    }
    uses++;
  }

  /** Lets it be freed when all streams have passed what they were given so far. */
  final void give() {
    boolean isLast;
    synchronized (this) {
      isLast = --uses == 0 && isClosed;
    }
    if (isLast) {
      retire();
    }
  }

  /** Says that a stream was given something to do with it. Only while it is taken. */
  final synchronized void isUsedBy(LocalCudaStream stream) {
    if (streams.add(stream) && streams.size() > FEW) {
      streams.removeIf(LocalCudaStream::isPast);
    }
  }

  /** Closes it: who uses it from now on fails. Idempotent, does not block. */
  final void closeOnce() {
    boolean isLast;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      isLast = uses == 0;
    }
    if (isLast) {
      retire();
    }
  }

  private void retire() {
    List<Fence> ends = fences();
    synchronized (this) {
      streams.clear(); // there will be no more
    }
    context.retire(this, ends);
  }

  /** {@return what it keeps from being freed} */
  List<Resource> kept() {
    return List.of();
  }

  /** {@return fences behind all that streams were given to do with it so far} */
  final List<Fence> fences() {
    List<LocalCudaStream> used;
    synchronized (this) {
      used = new ArrayList<>(streams);
    }
    return used.stream().map(LocalCudaStream::fence).toList();
  }
}
