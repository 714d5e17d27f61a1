package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;

/** A place in a stream of which can be asked whether the stream has come there. */
final class Fence {
  private static final System.Logger LOG = System.getLogger(Fence.class.getName());
  private static final long NEVER = -1; // it could not be recorded

  private final CudaContext context;
  private long event; // 0 once the stream has come there; guarded by this

  private Fence(CudaContext context, long event) {
    this.context = context;
    this.event = event;
  }

  /**
   * {@return a fence behind all that a stream was given} If the driver refuses it, as it does after
   * a fault, nobody can know, and the fence is passed when the context ends.
   */
  static Fence behind(CudaContext context, long stream) {
    long entered = context.tryEnter();
    if (entered == 0) {
      return new Fence(context, 0);
    }
    CudaApi api = context.api();
    try {
      long event = context.newEvent(false);
      int code = api.eventRecord(event, stream);
      if (code == CudaApi.SUCCESS) {
        return new Fence(context, event);
      }
      context.said("cuEventRecord", code);
      context.said("cuEventDestroy", api.eventDestroy(event));
    } catch (DeviceException e) {
      LOG.log(System.Logger.Level.DEBUG, "no fence", e);
    } finally {
      context.exit(entered);
    }
    return new Fence(context, NEVER);
  }

  /** {@return whether the stream has come there, or never will} */
  synchronized boolean isPassed() {
    if (event == 0) {
      return true;
    }
    long entered = context.tryEnter();
    if (entered != 0) {
      try {
        CudaApi api = context.api();
        if (event == NEVER || api.eventQuery(event) == CudaApi.NOT_READY) {
          return false;
        }
        context.said("cuEventDestroy", api.eventDestroy(event));
      } finally {
        context.exit(entered);
      }
    }
    event = 0;
    return true;
  }
}
