package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Threads that run what is in some shards, so many at once and no more. */
final class Pool {
  /*
   * A turn is one stay of a thread: it picks entries and runs them until there are none or its
   * quota is used up. `state` is the number of turns, and whether one of them is searching: started,
   * or about to be, and not yet successful. Whoever adds an entry signals: it starts a turn if fewer
   * than the limit run and none is searching. A searching turn that finds something stops searching
   * and signals in turn, if there is more. So a burst of arrivals wakes one thread after another,
   * each woken by the one before, and costs the one who caused it a single wake-up.
   *
   * No entry is forgotten. A signal that does nothing saw a searching turn, or the limit reached. A
   * turn that stops searching, or ends, changes the state first and looks for work after; an entry
   * is added first and the state read after. So one of the two sees the other.
   *
   * A thread prefers the shard whose highest band is highest, then its own. That alone would starve
   * a shard for as long as another has something of a higher band; so one in `lowShare` picks goes to
   * the shards one after another. Picks are numbered by turns, which is exact as long as turns use up
   * their quota, and they do where anything could starve.
   */
  private static final int SEARCHING = 1 << 30;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Pool.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  final String name;
  final int limit;
  final Shard[] shards;
  private final Executor executor;
  private final int quota;
  private final @Nullable RandomGenerator random;
  private final Host host;
  private final AtomicInteger homes = new AtomicInteger();
  private final AtomicLong turnNumbers = new AtomicLong();
  private final int lowShare;

  private volatile int state;

  /** The scheduler of the pool that the calling thread has a turn of. */
  private static final ThreadLocal<@Nullable Host> INSIDE = new ThreadLocal<>();

  /** What a pool needs of its scheduler. */
  interface Host {
    /** {@return nanoseconds since the scheduler was opened} */
    long now();

    /** {@return whether nothing needs to be run any more} */
    boolean isClosed();

    /** Runs something soon. */
    void soon(Runnable action);
  }

  Pool(
      String name,
      int limit,
      Shard[] shards,
      Executor executor,
      SchedulerConfig config,
      Host host) {
    this.name = name;
    this.limit = limit;
    this.shards = shards;
    this.executor = executor;
    this.quota = config.turnQuota();
    this.lowShare = config.lowShare();
    this.random = config.random();
    this.host = host;
  }

  /** {@return how many turns run, or are about to} */
  int turns() {
    return state & ~SEARCHING;
  }

  /** {@return the shard for a key, or for the next entry without one} */
  Shard shardFor(@Nullable Object key) {
    if (shards.length == 1) {
      return shards[0];
    }
    int spread = key == null ? home() : spread(key.hashCode());
    return shards[Math.floorMod(spread, shards.length)];
  }

  private static int spread(int hash) {
    return (hash * 0x9E3779B9) >>> 8;
  }

  /** {@return the calling thread's shard if it has one, else each in turn, or by chance} */
  private int home() {
    if (random != null) {
      return random.nextInt(shards.length);
    }
    return Thread.currentThread() instanceof CpuThreads.CpuThread mine
        ? mine.index
        : homes.getAndIncrement();
  }

  /** {@return how many threads work for one shard, on average} */
  double threadsPerShard() {
    return (double) limit / shards.length;
  }

  /**
   * Lets another thread work while this one, which runs a task of this pool, waits for what may
   * need a thread to come about.
   */
  void beginBlocking() {
    if (executor instanceof CpuThreads own) {
      own.allow(1);
    }
    changeState(-1);
    if (hasWork()) {
      signal();
    }
  }

  /** The thread goes on; until a turn ends, there may be one more than the limit. */
  void endBlocking() {
    changeState(1);
    if (executor instanceof CpuThreads own) {
      own.allow(-1);
    }
  }

  void post(Shard.Message message, Entry entry) {
    entry.shard.post(message, entry);
    signal();
  }

  /** Sees to it that something that was just added is found. */
  void signal() {
    while (true) {
      int old = state;
      if ((old & SEARCHING) != 0 || old >= limit) {
        return;
      }
      if (STATE.compareAndSet(this, old, (old + 1) | SEARCHING)) {
        start();
        return;
      }
    }
  }

  private void start() {
    try {
      executor.execute(this::turn);
    } catch (RejectedExecutionException e) {
      end(true);
      if (host.isClosed()) {
        return; // what waits was cancelled
      }
      LOG.log(System.Logger.Level.WARNING, "pool \"" + name + "\" refused; it is asked again", e);
      host.soon(this::signal); // what waits stays in the queue
    } catch (RuntimeException | Error e) {
      end(true);
      throw e;
    }
  }

  /** {@return whether the calling thread has a turn of a pool of the same scheduler} */
  boolean isInside() {
    return host.equals(INSIDE.get());
  }

  private void turn() {
    Host outer = INSIDE.get(); // an executor may run a turn inside another
    INSIDE.set(host);
    try {
      pickAndRun();
    } finally {
      INSIDE.set(outer);
    }
  }

  private void pickAndRun() {
    boolean searching = true;
    int home = Math.floorMod(home(), shards.length);
    long number = shards.length == 1 ? 0 : turnNumbers.getAndIncrement() * quota;
    for (int i = 0; i < quota; i++) {
      long now = host.now();
      Entry entry = pick(home, number + i, now);
      if (entry == null) {
        end(searching);
        if (hasWork()) {
          signal();
        }
        return;
      }
      if (searching) {
        searching = false;
        changeState(-SEARCHING);
        if (hasWork()) {
          signal();
        }
      }
      run(entry, now);
    }
    end(false);
    if (hasWork()) {
      signal();
    }
  }

  private void run(Entry entry, long now) {
    try {
      entry.run(now);
    } catch (Throwable e) { // a listener's Error, say: it must not cost the pool a thread
      LOG.log(System.Logger.Level.ERROR, "after running " + entry.name(), e);
    }
  }

  private void end(boolean searching) {
    changeState(searching ? -1 - SEARCHING : -1);
  }

  private void changeState(int by) {
    STATE.getAndAdd(this, by);
  }

  boolean hasWork() {
    for (Shard shard : shards) {
      if (shard.hasWork()) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Entry pick(int home, long number, long now) {
    Entry picked = preferred(home, number).pick(now);
    for (int i = 0; picked == null && i < shards.length; i++) {
      picked = shards[(home + i) % shards.length].pick(now);
    }
    return picked;
  }

  private Shard preferred(int home, long number) {
    if (number % lowShare == lowShare - 1) {
      return shards[(int) (number / lowShare % shards.length)];
    }
    Shard best = shards[home];
    for (Shard other : shards) {
      if (other.top() < best.top()) {
        best = other; // what is in a higher band there goes first
      }
    }
    return best;
  }
}
