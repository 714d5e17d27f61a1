package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** A place in a queue that waits for an event of the host. */
final class Gate implements DeviceGate {
  private static final System.Logger LOG = System.getLogger(Gate.class.getPackageName());

  private final PlatformContext context;
  private final long event; // of the user, as OpenCL calls it; released when it is opened
  private final AtomicBoolean isOpen = new AtomicBoolean();

  Gate(PlatformContext context, long event) {
    this.context = context;
    this.event = event;
  }

  @Override
  public void open(boolean isWell) {
    if (isOpen.getAndSet(true)) {
      return;
    }
    int status = isWell || !context.canFail ? OpenCl.COMPLETE : OpenCl.FAILED_BEFORE;
    try {
      Releases.all(
          () -> context.cl.setUserEventStatus(event, status), () -> context.cl.releaseEvent(event));
    } catch (DeviceException e) { // whoever opens it can do nothing about it
      LOG.log(Level.ERROR, "a gate of OpenCL was not opened, or not released", e);
    }
  }
}
