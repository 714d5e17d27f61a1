package dev.carillon.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** The context that all devices of a platform share, and what of it was given up too early. */
final class PlatformContext {
  /*
   * Memory that a driver uses is kept by the queue, then by the event behind the command. When that
   * is given up before the command has finished, the command is left over here. What is left is
   * looked through now and then; what has not finished when the driver is closed stays until the
   * next one is closed: memory that is lost is better than memory that somebody else gets.
   */
  private static final Queue<PlatformContext> ABANDONED = new ConcurrentLinkedQueue<>();
  private static final int FEW = 256;

  final OpenCl cl;
  final NativeHandle handle;

  /**
   * Whether events may be made to fail, so that what waits for them is skipped. PoCL must be spared
   * that: version 3.1 waits for ever for an event that has failed before it was waited for, and
   * ends the process if one fails that waits for something else as well.
   */
  final boolean canFail;

  // guarded by this
  private final List<Command> left = new ArrayList<>();
  private int sweepAt = FEW;

  PlatformContext(OpenCl cl, long context, boolean canFail) {
    this.cl = cl;
    this.handle = new NativeHandle("a device of OpenCL", context, cl::releaseContext);
    this.canFail = canFail;
  }

  /** Gives commands up that nobody asks for any more, finished or not. */
  void giveUp(List<Command> commands) {
    Releases.each(commands, this::giveUp);
  }

  private void giveUp(Command command) {
    boolean isLeft = true;
    try {
      isLeft = command.memory() != null && !isFinished(command);
    } finally {
      if (isLeft) {
        leave(command);
      }
    }
    if (!isLeft) {
      cl.releaseEvent(command.event());
    }
  }

  private synchronized void leave(Command command) {
    left.add(command);
    if (left.size() >= sweepAt) {
      sweep();
    }
  }

  private boolean isFinished(Command command) {
    return cl.eventStatus(command.event()) <= OpenCl.COMPLETE;
  }

  /** Releases what has finished of what is left. */
  private synchronized void sweep() {
    Set<Command> finished = left.stream().filter(this::isFinished).collect(Collectors.toSet());
    left.removeAll(finished);
    sweepAt = Math.max(FEW, 2 * left.size());
    Releases.each(finished, command -> cl.releaseEvent(command.event()));
  }

  private synchronized boolean isEmpty() {
    return left.isEmpty();
  }

  void close() {
    ABANDONED.add(this);
    Releases.all(handle::close, () -> Releases.each(ABANDONED, PlatformContext::sweep));
    ABANDONED.removeIf(PlatformContext::isEmpty);
  }
}
