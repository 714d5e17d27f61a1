package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;

/** A place in a stream of which can be asked whether the stream has come there. */
final class Fence {
  private static final System.Logger LOG = System.getLogger(Fence.class.getName());
  private static final long NEVER = -1; // it could not be recorded

  private final CudaContext context;
  private long event; // 0 once the stream has come there; written while the context is held

  private Fence(CudaContext context, long event) {
    this.context = context;
    this.event = event;
  }

  /**
   * {@return a fence behind all that a stream was given} If the driver refuses it, as it does after
   * a fault, nobody can know, and the fence is passed when the context ends.
   */
  static Fence behind(CudaContext context, long stream) {
    long entered = 0;
    try {
      entered = context.tryEnter();
      if (entered == 0) {
        return new Fence(context, 0);
      }
      long event = recorded(context, stream);
      entered = context.leave(entered);
      var fence = new Fence(context, event);
      if (event != NEVER) {
        context.add(fence);
      }
      return fence;
    } catch (DeviceException e) {
      if (entered != 0) {
        entered = context.leave(entered);
      }
      LOG.log(System.Logger.Level.DEBUG, "no fence", e);
      return new Fence(context, NEVER);
    } finally {
      if (entered != 0) {
        context.exit(entered);
      }
    }
  }

  private static long recorded(CudaContext context, long stream) {
    CudaApi api = context.api();
    long event = context.newEvent(false);
    int code = api.eventRecord(event, stream);
    if (code == CudaApi.SUCCESS) {
      return event;
    }
    context.said("cuEventRecord", code);
    context.said("cuEventDestroy", api.eventDestroy(event));
    return NEVER;
  }

  CudaContext context() {
    return context;
  }

  /** {@return whether the stream has come there, or never will} Does not throw. */
  synchronized boolean isPassed() {
    if (event == 0) {
      return true;
    }
    long entered;
    try {
      entered = context.tryEnter();
    } catch (DeviceException e) {
      LOG.log(System.Logger.Level.DEBUG, "a fence cannot be asked for", e);
      return false;
    }
    if (entered != 0) {
      try {
        CudaApi api = context.api();
        if (event == NEVER || api.eventQuery(event) == CudaApi.NOT_READY) {
          return false;
        }
        context.said("cuEventDestroy", api.eventDestroy(event));
        event = 0;
      } finally {
        context.exit(entered);
      }
    }
    return true;
  }

  /** {@return the same; also if that cannot be known} */
  boolean isPassedOrUnknown() {
    return isPassed() || isUnknown();
  }

  private synchronized boolean isUnknown() {
    return event == NEVER;
  }

  /** Destroys the event, as the context ends, which nobody else has. */
  void end() {
    if (event != 0 && event != NEVER) {
      context.said("cuEventDestroy", context.api().eventDestroy(event));
    }
  }
}
