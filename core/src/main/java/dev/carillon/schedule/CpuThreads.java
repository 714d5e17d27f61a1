package dev.carillon.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Platform threads that start when needed, park when idle, and end when closed. */
final class CpuThreads implements Executor, AutoCloseable {
  /*
   * The last thread to become idle is the first to be given something, as its caches are warm. A
   * thread looks for something that waits before it calls itself idle, both under the lock; so what
   * is given while every thread is busy is found by the first that is not.
   */
  private final String name;

  private final Object lock = new Object();
  // guarded by lock
  private final List<CpuThread> threads = new ArrayList<>();
  private final ArrayDeque<CpuThread> idle = new ArrayDeque<>();
  private final ArrayDeque<Runnable> waiting =
      new ArrayDeque<>(); // never more than the pool starts
  private int allowed; // how many threads there may be
  private int started; // numbers them
  private boolean closed;

  CpuThreads(String name, int limit) {
    this.name = name;
    this.allowed = limit;
  }

  /** Allows more threads, or fewer: those that are too many end when they are idle. */
  void allow(int more) {
    synchronized (lock) {
      allowed += more;
    }
  }

  @Override
  public void execute(Runnable turn) {
    CpuThread chosen;
    synchronized (lock) {
      if (closed) {
        throw new RejectedExecutionException("threads must be open to run something: " + name);
      }
      chosen = idle.pollLast();
      if (chosen == null && threads.size() < allowed) {
        chosen = new CpuThread(started++);
        threads.add(chosen);
        chosen.next = turn;
        chosen.start();
        return;
      }
      if (chosen == null) {
        waiting.add(turn);
        return;
      }
      chosen.next = turn;
    }
    LockSupport.unpark(chosen);
  }

  /** Ends the threads that are idle at once, and the others after what they run. */
  @Override
  public void close() {
    List<CpuThread> all;
    synchronized (lock) {
      closed = true;
      all = List.copyOf(threads);
    }
    all.forEach(LockSupport::unpark);
  }

  /** A thread of the pool. */
  final class CpuThread extends Thread {
    final int index;
    volatile @Nullable Runnable next; // written under the lock; taken by the thread

    CpuThread(int index) {
      super(null, null, name + "-cpu-" + index, 0, false);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (true) {
        Runnable turn = next;
        if (turn == null) {
          if (isOver()) {
            return;
          }
          LockSupport.park(CpuThreads.this);
          continue;
        }
        next = null;
        turn.run();
        if (!becomeIdle()) {
          return;
        }
      }
    }

    private boolean isOver() {
      synchronized (lock) {
        return closed && next == null;
      }
    }

    /** {@return false if there are too many threads, and this one ends} */
    private boolean becomeIdle() {
      synchronized (lock) {
        next = waiting.poll();
        if (next == null && threads.size() > allowed) {
          threads.remove(this);
          return false;
        }
        if (next == null) {
          idle.add(this);
        }
        return true;
      }
    }
  }
}
