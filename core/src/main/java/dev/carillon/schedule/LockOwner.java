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
    private int @Nullable [] waitsByBand; // how many wait in each
    private long bands; // a bit for each in which any waits
    @Nullable LockOwner owner;

    Lock(String id) {
      this.id = id;
    }

    /** Lets an owner wait. */
    void add(LockOwner waiter) {
      waiter.waitsFor = this;
      waiter.waitsInBand = waiter.band();
      waits.add(waiter, waiter.wanted());
      count(waiter.waitsInBand, 1);
    }

    /** Lets an owner wait no longer. */
    void remove(LockOwner waiter) {
      waiter.waitsFor = null;
      waits.remove(waiter);
      count(waiter.waitsInBand, -1);
    }

    /** Puts a waiting owner where its urgency now belongs. */
    void moved(LockOwner waiter) {
      waits.move(waiter, waiter.wanted());
      count(waiter.waitsInBand, -1);
      waiter.waitsInBand = waiter.band();
      count(waiter.waitsInBand, 1);
    }

    private void count(int band, int by) {
      int[] counts = waitsByBand;
      if (counts == null) {
        counts = new int[Band.MOST];
        waitsByBand = counts;
      }
      counts[band] += by;
      bands = counts[band] == 0 ? bands & ~(1L << band) : bands | 1L << band;
    }

    /** {@return the highest band of any that waits; not of the most urgent one only} */
    int highestBand() {
      return bands == 0 ? Band.MOST - 1 : Long.numberOfTrailingZeros(bands);
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
      return "LockLease[\"%s\" of %s]".formatted(lock.id, owner.name());
    }
  }

  final @Nullable TaskRun task; // null for a thread that runs no task
  final @Nullable Thread thread; // the thread, then
  final List<String> declared; // ascending
  private final long number;
  final long own; // when it is due, whoever waits for it

  // guarded by the table's lock
  final List<Lock> held = new ArrayList<>();
  final List<Lease> leases = new ArrayList<>();
  int granted; // how many of the declared locks it has
  @Nullable Lock waitsFor;
  boolean outOfOrder; // whether it holds a lock above that
  int waitsInBand; // as it is counted there
  private long inherited = Entry.NEVER; // the urgency of those that wait for it
  private int inheritedBand = Band.MOST - 1;
  @Nullable Event wake; // triggered when a waiting thread has its lock; null for a task not running
  @Nullable DeadlockException refusal; // set before `wake` is poisoned

  LockOwner(TaskRun task) {
    this.task = task;
    this.thread = null;
    this.declared = task.options.locks();
    this.number = task.number();
    this.own = task.wanted(); // nobody can have waited for a lock of it yet
  }

  LockOwner(Thread thread, long number, long due) {
    this.task = null;
    this.thread = thread;
    this.declared = List.of();
    this.number = number;
    this.own = due;
  }

  @Override
  long number() {
    return number;
  }

  String name() {
    if (task != null) {
      return task.toString();
    }
    return thread == null
        ? "nobody"
        : "thread \"%s\" #%d".formatted(thread.getName(), thread.threadId());
  }

  long wanted() {
    return Math.min(inherited, task == null ? own : task.wanted());
  }

  int band() {
    return Math.min(inheritedBand, task == null ? Band.MOST - 1 : task.wantedBand());
  }

  /** Makes this as urgent as one that waits for it: {@return whether it was less so} */
  boolean inherit(long newWanted, int newBand) {
    boolean more = newWanted < wanted() || newBand < band();
    inherited = Math.min(inherited, newWanted);
    inheritedBand = Math.min(inheritedBand, newBand);
    return more;
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
