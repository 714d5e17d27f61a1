package dev.carillon.opencl;

import dev.carillon.spi.DeviceGate;

/** A place in a queue that waits for an event of the host. */
final class Gate implements DeviceGate {
  private enum State {
    CLOSED,
    WELL,
    FAILED
  }

  private final PlatformContext context;
  private final long event; // of the user, as OpenCL calls it; released when it is opened
  private State state = State.CLOSED; // guarded by this

  Gate(PlatformContext context, long event) {
    this.context = context;
    this.event = event;
  }

  long event() {
    return event;
  }

  synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  synchronized boolean hasFailed() {
    return state == State.FAILED;
  }

  @Override
  public void open(boolean isWell) {
    synchronized (this) {
      if (state != State.CLOSED) {
        return;
      }
      state = isWell ? State.WELL : State.FAILED; // before the driver tells that it is open
    }
    context.cl.setUserEventStatus(event, isWell || !context.canFail ? OpenCl.COMPLETE : -1);
    context.cl.releaseEvent(event);
  }
}
