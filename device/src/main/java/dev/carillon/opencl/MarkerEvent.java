package dev.carillon.opencl;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DriverStatus;
import java.util.ArrayList;
import java.util.List;

/** An event of the driver: a marker in a queue, and the commands between it and the one before. */
final class MarkerEvent {
  /*
   * A marker is made whenever the event is recorded, as OpenCL cannot record one twice. It does not
   * tell all: an ordered queue may go on behind a command that failed, and a marker may fail as soon
   * as one of the commands before it has, while others are still at work. So the commands are asked
   * too, and the event has finished when all of them have. Until it is recorded one thread has the
   * event; what record writes is seen by others as they get the event from it.
   */
  final DeviceContext device;
  final boolean isTimed;
  private final List<Long> tokens = new ArrayList<>(1); // guarded by itself
  private volatile long marker; // 0 until recorded
  private volatile List<Command> commands = List.of();
  private volatile int code = 1; // as the driver has it: 1 is unknown, 0 complete, less an error

  MarkerEvent(DeviceContext device, boolean isTimed) {
    this.device = device;
    this.isTimed = isTimed;
  }

  void recorded(long newMarker, List<Command> commandsBefore) {
    commands = commandsBefore;
    marker = newMarker;
  }

  boolean isRecorded() {
    return marker != 0;
  }

  /** {@return its marker} */
  long marker() {
    long seen = marker;
    if (seen == 0) {
      throw new DeviceException("an event of OpenCL must be recorded before it is used");
    }
    return seen;
  }

  DriverStatus query() {
    int seen = code;
    if (seen > 0) {
      seen = ask();
      if (seen <= 0) { // a volatile store costs as much as asking
        code = seen;
      }
    }
    return seen > 0
        ? DriverStatus.PENDING
        : seen == 0 ? DriverStatus.COMPLETE : DriverStatus.FAILED;
  }

  private int ask() {
    OpenCl cl = device.context().cl;
    int result = cl.eventStatus(marker());
    if (result > OpenCl.COMPLETE) {
      return result;
    }
    for (Command command : commands) {
      int status = cl.eventStatus(command.event());
      if (status > OpenCl.COMPLETE) {
        return status;
      }
      // A command's own error tells more than that something before it has failed.
      boolean isVague = result == OpenCl.COMPLETE || result == OpenCl.FAILED_BEFORE;
      result = isVague && status < OpenCl.COMPLETE ? status : result;
    }
    return result;
  }

  String errorMessage() {
    return query() == DriverStatus.FAILED
        ? "OpenCL says of what was recorded: " + OpenClError.describe(code)
        : "OpenCL knows of no failure";
  }

  long nanos() {
    return device.context().cl.eventEnd(marker());
  }

  void callBack(Runnable action) {
    long seen = marker();
    long token = Callbacks.add(action);
    synchronized (tokens) {
      tokens.add(token);
    }
    device.context().cl.setEventCallback(seen, Callbacks.FUNCTION, token);
    // Drivers differ in whether they call for one that has failed, before this or after.
    if (query() != DriverStatus.PENDING && Callbacks.remove(token) != null) {
      action.run();
    }
  }

  /** Lets the marker go: the event can be recorded again. */
  void reset() {
    long old = marker;
    if (old == 0) {
      return;
    }
    marker = 0;
    code = 1;
    synchronized (tokens) {
      tokens.forEach(Callbacks::remove);
      tokens.clear();
    }
    List<Command> before = commands;
    commands = List.of();
    PlatformContext context = device.context();
    Releases.all(() -> context.cl.releaseEvent(old), () -> context.giveUp(before));
  }
}
