package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task or a thread, as one that holds locks and waits for one at a time. */
final class LockOwner extends Queued {

  /** One lock. */
  static final class Lock {
    final String id;

    // guarded by the table's lock
    final DeadlineQueue<LockOwner> waits = new DeadlineQueue<>();
    @Nullable LockOwner owner;

    Lock(String id) {
      this.id = id;
    }
  }

  /** A lock that was taken by a thread. */
  static final class Lease implements LockLease {
    final LockTable table;
    final LockOwner owner;
    final Lock lock;

    Lease(LockTable table, LockOwner owner, Lock lock) {
      this.table = table;
      this.owner = owner;
      this.lock = lock;
    }

    @Override
    public String id() {
      return lock.id;
    }

    @Override
    public void close() {
      table.close(this);
    }

    @Override
    public String toString() {
      return "LockLease[\"%s\" of %s]".formatted(lock.id, owner.name);
    }
  }

  final String name;
  final @Nullable TaskRun task; // null for a thread that runs no task
  final @Nullable Thread thread; // the thread, then
  final List<String> declared; // ascending
  private final long number;
  private final long wanted; // when it is due, if it is no task

  // guarded by the table's lock
  final List<Lock> held = new ArrayList<>();
  final List<Lease> leases = new ArrayList<>();
  int granted; // how many of the declared locks it has
  @Nullable Lock waitsFor;
  @Nullable Event wake; // triggered when a waiting thread has its lock; null for a task not running
  @Nullable DeadlockException refusal; // set before `wake` is poisoned

  LockOwner(TaskRun task) {
    this.name = task.name();
    this.task = task;
    this.thread = null;
    this.declared = task.options.locks();
    this.number = task.number();
    this.wanted = 0;
  }

  LockOwner(Thread thread, long number, long wanted) {
    this.name = "thread \"%s\" #%d".formatted(thread.getName(), thread.threadId());
    this.task = null;
    this.thread = thread;
    this.declared = List.of();
    this.number = number;
    this.wanted = wanted;
  }

  @Override
  long number() {
    return number;
  }

  long wanted() {
    return task == null ? wanted : task.wanted();
  }

  int band() {
    return task == null ? Band.MOST - 1 : task.wantedBand();
  }

  boolean isCancelled() {
    return task != null && task.cancelled;
  }

  /** {@return the greatest id among the locks it holds, or null} */
  @Nullable String greatestHeld() {
    String greatest = null;
    for (Lock lock : held) {
      if (greatest == null || lock.id.compareTo(greatest) > 0) {
        greatest = lock.id;
      }
    }
    return greatest;
  }

  boolean holds(String id) {
    for (Lock lock : held) {
      if (lock.id.equals(id)) {
        return true;
      }
    }
    return false;
  }
}
