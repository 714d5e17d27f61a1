package dev.carillon.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The context that all devices of a platform share, and what is under way in it. */
final class PlatformContext {
  /*
   * A driver may hang for ever on an event that had failed before it was given in a list to wait
   * for (PoCL 3.1 does), though it fails those well that were in a list before. So events that have
   * finished are left out of such lists, and none may fail between being asked and being waited for:
   * lists are made and given under the read lock, and gates fail under the write lock. A gate makes
   * all fail that depends on it before its call returns.
   *
   * Commands whose memory must stay are kept until they have finished, by the queue, then by the
   * event behind them; when those are given up first, by what is left over here. That is looked
   * through whenever something is given up, and what has not finished when the driver is closed
   * stays for ever: memory that is lost is better than memory that somebody else gets.
   */
  private static final Queue<PlatformContext> ABANDONED = new ConcurrentLinkedQueue<>();

  final OpenCl cl;
  final NativeHandle handle;
  private final ReentrantReadWriteLock failing = new ReentrantReadWriteLock();
  private final Queue<Command> left = new ConcurrentLinkedQueue<>();

  /** What is enqueued with a list of events. */
  @FunctionalInterface
  interface Enqueue {
    long with(MemorySegment waits);
  }

  PlatformContext(OpenCl cl, long context) {
    this.cl = cl;
    this.handle = new NativeHandle("a device of OpenCL", context, cl::releaseContext);
  }

  /**
   * {@return the event of what was enqueued}
   *
   * @param events what it waits for, if that has not finished yet
   * @param enqueue gives it to the driver
   */
  long enqueueAfter(List<Long> events, Enqueue enqueue) {
    failing.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      long[] pending =
          events.stream().mapToLong(Long::longValue).filter(e -> cl.eventStatus(e) > 0).toArray();
      return enqueue.with(arena.allocateFrom(ValueLayout.JAVA_LONG, pending));
    } finally {
      failing.readLock().unlock();
    }
  }

  /** Has an event of the host fail, and all that waits for it. */
  void fail(long userEvent) {
    // The driver may have called who fails it from within its own function for this thread.
    boolean isInside = failing.getReadHoldCount() > 0;
    if (!isInside) {
      failing.writeLock().lock();
    }
    try {
      cl.setUserEventStatus(userEvent, -1);
    } finally {
      if (!isInside) {
        failing.writeLock().unlock();
      }
    }
  }

  /** Gives commands up that nobody waits for any more. */
  void giveUp(List<Command> commands) {
    for (Command command : commands) {
      if (command.memory() == null) {
        cl.releaseEvent(command.event());
      } else {
        left.add(command);
      }
    }
    sweep();
  }

  private synchronized void sweep() {
    var unfinished = new ArrayList<Command>();
    for (Command c = left.poll(); c != null; c = left.poll()) {
      if (cl.eventStatus(c.event()) > 0) {
        unfinished.add(c);
      } else {
        cl.releaseEvent(c.event());
      }
    }
    left.addAll(unfinished);
  }

  void close() {
    handle.close();
    sweep();
    if (!left.isEmpty()) {
      ABANDONED.add(this);
    }
    ABANDONED.removeIf(context -> {
      context.sweep();
      return context.left.isEmpty();
    });
  }
}
