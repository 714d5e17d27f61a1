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
   * Two rules keep drivers alive that have trouble with events that fail. PoCL 3.1 hangs for ever on
   * an event that had failed before it was given in a list to wait for, though it fails those well
   * that were in a list before; and it ends the process if an event fails whose last owner has let
   * it go. So events that have finished are left out of lists, none is released before it has
   * finished, and none fails meanwhile: lists are made and given, and events released, under the
   * read lock, and gates fail under the write lock. A gate makes all fail that depends on it before
   * its call returns.
   *
   * Events are kept by the queue, then by the marker behind them. When that is given up before they
   * have finished, they are left over here, with the memory that the driver uses. That is looked
   * through now and then; what has not finished when the driver is closed stays until the next one
   * is closed: memory that is lost is better than memory that somebody else gets.
   */
  private static final int FEW = 256;
  private static final Queue<PlatformContext> ABANDONED = new ConcurrentLinkedQueue<>();

  final OpenCl cl;
  final NativeHandle handle;
  private final ReentrantReadWriteLock failing = new ReentrantReadWriteLock();
  private final Object lock = new Object();
  private List<Command> left = new ArrayList<>(); // guarded by lock
  private int sweepAt = FEW; // guarded by lock

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

  /** Gives commands up that nobody asks for any more, finished or not. */
  void giveUp(List<Command> commands) {
    List<Command> unfinished = release(commands);
    if (unfinished.isEmpty()) {
      return;
    }
    synchronized (lock) {
      left.addAll(unfinished);
      if (left.size() >= sweepAt) {
        sweep();
      }
    }
  }

  /** {@return those of these commands that are kept, as they have not finished} */
  private List<Command> release(List<Command> commands) {
    if (commands.isEmpty()) {
      return commands;
    }
    var unfinished = new ArrayList<Command>();
    failing.readLock().lock();
    try {
      for (Command command : commands) {
        if (cl.eventStatus(command.event()) > 0) {
          unfinished.add(command);
        } else {
          cl.releaseEvent(command.event());
        }
      }
    } finally {
      failing.readLock().unlock();
    }
    return unfinished;
  }

  /** {@return whether nothing is left} */
  private boolean sweep() {
    synchronized (lock) {
      left = new ArrayList<>(release(left));
      sweepAt = Math.max(FEW, 2 * left.size());
      return left.isEmpty();
    }
  }

  void close() {
    handle.close();
    ABANDONED.add(this);
    ABANDONED.removeIf(PlatformContext::sweep);
  }
}
