package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Scheduler}: immutable, changed by {@code with} methods, checked when
 * made.
 *
 * @param name shown in explanations and thread names
 * @param clock what the scheduler takes for time
 * @param cpuThreads how many tasks compute at once, on platform threads of the scheduler's own
 * @param cpuExecutor runs them instead of threads of its own; null for those
 * @param blockingLimit how many tasks run at once on virtual threads
 * @param blockingExecutor runs them instead of virtual threads; null for those
 * @param pools executors of the user's own, by name
 * @param shards how many queues the CPU pool has; 0 for as many as threads, 1 for one strict order
 * @param bands how many bands there are, 2 to 64
 * @param lowShare one in so many dispatches of a queue is reserved for the oldest task below the
 *     highest band; at least 2
 * @param ageing a task below the highest band moves to the highest when it has been ready that
 *     long; null for never
 * @param patience a task without a deadline is ordered as if it were due that long after its
 *     submission in the highest band, and ten times longer in each band below
 * @param resources how many permits there are, by resource
 * @param capacity the most tasks that are held at once, running ones included
 * @param overflow what happens with those beyond it
 * @param admission the most work a queue promises to finish in time: tasks with a deadline and a
 *     cost are admitted only while the sum of cost / deadline over them stays at most that;
 *     positive infinity admits everything
 * @param priority chooses the bands
 * @param deadlocks who gives way in a deadlock
 * @param grace how long an interrupted task may take to stop before it is called abandoned
 * @param turnQuota how many tasks a thread runs before it gives way to others of its executor
 * @param random chooses the queue of a task without a key and the one in which a thread looks
 *     first; null for one after another. With executors that run things one at a time, a seeded one
 *     makes a schedule that can be repeated
 */
public record SchedulerConfig(
    String name,
    Clock clock,
    int cpuThreads,
    @Nullable Executor cpuExecutor,
    int blockingLimit,
    @Nullable Executor blockingExecutor,
    Map<String, PoolConfig> pools,
    int shards,
    int bands,
    int lowShare,
    @Nullable Duration ageing,
    Duration patience,
    Map<String, Long> resources,
    int capacity,
    Overflow overflow,
    double admission,
    PriorityPolicy priority,
    DeadlockPolicy deadlocks,
    Duration grace,
    int turnQuota,
    @Nullable RandomGenerator random) {

  private static final int MOST_THREADS = 1 << 12;

  /** The default settings. */
  public static final SchedulerConfig DEFAULT =
      new SchedulerConfig(
          "scheduler",
          Clock.system(),
          Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS),
          null,
          10_000,
          null,
          Map.of(),
          0,
          2,
          16,
          null,
          Duration.ofSeconds(1),
          Map.of(),
          1 << 24,
          Overflow.REJECT,
          Double.POSITIVE_INFINITY,
          PriorityPolicy.DECLARED,
          DeadlockPolicy.LEAST_URGENT,
          Duration.ofSeconds(1),
          64,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, a name is blank or taken
   */
  public SchedulerConfig {
    Checks.name(name);
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(overflow, "overflow");
    Objects.requireNonNull(priority, "priority");
    Objects.requireNonNull(deadlocks, "deadlocks");
    Checks.range("cpuThreads", cpuThreads, 1, MOST_THREADS);
    Checks.range("blockingLimit", blockingLimit, 1, PoolConfig.MOST);
    Checks.range("shards", shards, 0, MOST_THREADS);
    Checks.range("bands", bands, 2, Band.MOST);
    Checks.range("lowShare", lowShare, 2, 1 << 20);
    Checks.range("capacity", capacity, 1, 1 << 28);
    Checks.range("turnQuota", turnQuota, 1, 1 << 20);
    Checks.positive("patience", patience);
    Checks.positive("grace", grace);
    if (ageing != null) {
      Checks.positive("ageing", ageing);
    }
    if (!(admission > 0)) {
      throw new IllegalArgumentException("admission must be above 0: admission=" + admission);
    }
    pools = Map.copyOf(pools);
    for (String pool : pools.keySet()) {
      if (pool.equals("cpu") || pool.equals("blocking") || pool.equals("caller")) {
        throw new IllegalArgumentException(
            "a pool must not have the name of a built-in one: name=\"" + pool + "\"");
      }
    }
    resources = Map.copyOf(resources);
    resources.forEach(SchedulerConfig::checkResource);
  }

  private static void checkResource(String resource, long permits) {
    if (resource.isBlank() || permits < 1) {
      throw new IllegalArgumentException(
          "a resource needs a name and at least 1 permit: resource=\"%s\", permits=%d"
              .formatted(resource, permits));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown in explanations and thread names
   */
  public SchedulerConfig withName(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock what the scheduler takes for time
   */
  public SchedulerConfig withClock(Clock newClock) {
    return change(d -> d.clock = newClock);
  }

  /**
   * {@return these settings with another number of CPU threads}
   *
   * @param newCpuThreads how many tasks compute at once
   */
  public SchedulerConfig withCpuThreads(int newCpuThreads) {
    return change(d -> d.cpuThreads = newCpuThreads);
  }

  /**
   * {@return these settings with another executor of the CPU pool}
   *
   * @param newCpuExecutor runs the tasks of the CPU pool; null for threads of the scheduler's own
   */
  public SchedulerConfig withCpuExecutor(@Nullable Executor newCpuExecutor) {
    return change(d -> d.cpuExecutor = newCpuExecutor);
  }

  /**
   * {@return these settings with another limit of the blocking pool}
   *
   * @param newBlockingLimit how many tasks run at once on virtual threads
   */
  public SchedulerConfig withBlockingLimit(int newBlockingLimit) {
    return change(d -> d.blockingLimit = newBlockingLimit);
  }

  /**
   * {@return these settings with another executor of the blocking pool}
   *
   * @param newBlockingExecutor runs the tasks of the blocking pool; null for virtual threads
   */
  public SchedulerConfig withBlockingExecutor(@Nullable Executor newBlockingExecutor) {
    return change(d -> d.blockingExecutor = newBlockingExecutor);
  }

  /**
   * {@return these settings with another number of queues}
   *
   * @param newShards how many queues the CPU pool has; 0 for as many as threads
   */
  public SchedulerConfig withShards(int newShards) {
    return change(d -> d.shards = newShards);
  }

  /**
   * {@return these settings with another number of bands}
   *
   * @param newBands how many bands there are
   */
  public SchedulerConfig withBands(int newBands) {
    return change(d -> d.bands = newBands);
  }

  /**
   * {@return these settings with another share of the lower bands}
   *
   * @param newLowShare one in so many dispatches is reserved for the oldest task below the highest
   *     band
   */
  public SchedulerConfig withLowShare(int newLowShare) {
    return change(d -> d.lowShare = newLowShare);
  }

  /**
   * {@return these settings with another ageing}
   *
   * @param newAgeing how long a task is ready before it moves to the highest band; null for never
   */
  public SchedulerConfig withAgeing(@Nullable Duration newAgeing) {
    return change(d -> d.ageing = newAgeing);
  }

  /**
   * {@return these settings with another patience}
   *
   * @param newPatience after what time a task without a deadline is ordered as due
   */
  public SchedulerConfig withPatience(Duration newPatience) {
    return change(d -> d.patience = newPatience);
  }

  /**
   * {@return these settings with another capacity}
   *
   * @param newCapacity the most tasks that are held at once
   */
  public SchedulerConfig withCapacity(int newCapacity) {
    return change(d -> d.capacity = newCapacity);
  }

  /**
   * {@return these settings with another policy of overflow}
   *
   * @param newOverflow what happens with those beyond the capacity
   */
  public SchedulerConfig withOverflow(Overflow newOverflow) {
    return change(d -> d.overflow = newOverflow);
  }

  /**
   * {@return these settings with another bound of admission}
   *
   * @param newAdmission the most work a queue promises to finish in time, in threads
   */
  public SchedulerConfig withAdmission(double newAdmission) {
    return change(d -> d.admission = newAdmission);
  }

  /**
   * {@return these settings with another policy of priority}
   *
   * @param newPriority chooses the bands
   */
  public SchedulerConfig withPriority(PriorityPolicy newPriority) {
    return change(d -> d.priority = newPriority);
  }

  /**
   * {@return these settings with another policy of deadlocks}
   *
   * @param newDeadlocks who gives way in a deadlock
   */
  public SchedulerConfig withDeadlocks(DeadlockPolicy newDeadlocks) {
    return change(d -> d.deadlocks = newDeadlocks);
  }

  /**
   * {@return these settings with another grace}
   *
   * @param newGrace how long an interrupted task may take to stop
   */
  public SchedulerConfig withGrace(Duration newGrace) {
    return change(d -> d.grace = newGrace);
  }

  /**
   * {@return these settings with another quota of a turn}
   *
   * @param newTurnQuota how many tasks a thread runs before it gives way
   */
  public SchedulerConfig withTurnQuota(int newTurnQuota) {
    return change(d -> d.turnQuota = newTurnQuota);
  }

  /**
   * {@return these settings with another source of chance}
   *
   * @param newRandom chooses queues; null for one after another
   */
  public SchedulerConfig withRandom(@Nullable RandomGenerator newRandom) {
    return change(d -> d.random = newRandom);
  }

  /**
   * {@return these settings with one more resource, or another number of its permits}
   *
   * @param resource the resource's name
   * @param permits how many there are, at least 1
   */
  public SchedulerConfig withResource(String resource, long permits) {
    var newResources = new HashMap<>(resources);
    newResources.put(resource, permits);
    return change(d -> d.resources = newResources);
  }

  /**
   * {@return these settings with one more pool}
   *
   * @param pool the pool's name, for {@link Placement#on}
   * @param executor runs the tasks, each on a thread of its own
   * @param limit the most tasks that run on it at once
   */
  public SchedulerConfig withPool(String pool, Executor executor, int limit) {
    var newPools = new HashMap<>(pools);
    newPools.put(pool, new PoolConfig(executor, limit));
    return change(d -> d.pools = newPools);
  }

  private SchedulerConfig change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new SchedulerConfig(
        draft.name,
        draft.clock,
        draft.cpuThreads,
        draft.cpuExecutor,
        draft.blockingLimit,
        draft.blockingExecutor,
        draft.pools,
        draft.shards,
        draft.bands,
        draft.lowShare,
        draft.ageing,
        draft.patience,
        draft.resources,
        draft.capacity,
        draft.overflow,
        draft.admission,
        draft.priority,
        draft.deadlocks,
        draft.grace,
        draft.turnQuota,
        draft.random);
  }

  /** The same, while one of them is being changed. */
  private static final class Draft {
    String name;
    Clock clock;
    int cpuThreads;
    @Nullable Executor cpuExecutor;
    int blockingLimit;
    @Nullable Executor blockingExecutor;
    Map<String, PoolConfig> pools;
    int shards;
    int bands;
    int lowShare;
    @Nullable Duration ageing;
    Duration patience;
    Map<String, Long> resources;
    int capacity;
    Overflow overflow;
    double admission;
    PriorityPolicy priority;
    DeadlockPolicy deadlocks;
    Duration grace;
    int turnQuota;
    @Nullable RandomGenerator random;

    Draft(SchedulerConfig from) {
      name = from.name;
      clock = from.clock;
      cpuThreads = from.cpuThreads;
      cpuExecutor = from.cpuExecutor;
      blockingLimit = from.blockingLimit;
      blockingExecutor = from.blockingExecutor;
      pools = from.pools;
      shards = from.shards;
      bands = from.bands;
      lowShare = from.lowShare;
      ageing = from.ageing;
      patience = from.patience;
      resources = from.resources;
      capacity = from.capacity;
      overflow = from.overflow;
      admission = from.admission;
      priority = from.priority;
      deadlocks = from.deadlocks;
      grace = from.grace;
      turnQuota = from.turnQuota;
      random = from.random;
    }
  }
}
