package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.event.Registration;
import dev.carillon.event.SystemClosedException;
import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The scheduler of one process. */
final class LocalScheduler implements Scheduler {
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  /** Why tasks are cancelled by closing. */
  static final String CLOSED = "the scheduler was closed";

  private final SchedulerConfig config;
  private final EventSystem events;
  private final boolean ownsEvents;
  private final Clock clock;
  private final long origin;
  private final long[] patience; // of each band
  private final Timers timers;
  private final @Nullable CpuThreads cpuThreads;
  private final Map<String, Pool> pools = new TreeMap<>();
  private final Pool cpu;
  private final PermitBroker broker;
  private final LockTable lockTable;
  private final Runner runner = new Runner(this);
  private final Urgency urgency = new Urgency(this);
  private final PoolHost host = new PoolHost();
  private final Counts counts = new Counts();
  private final CostHistory costs = new CostHistory();
  private final Capacity capacity;
  private final TaskTable tasks = new TaskTable();
  private final Submission submission;
  private final Set<LocalLane<?>> lanes = ConcurrentHashMap.newKeySet();
  private final Object closing = new Object();
  private volatile boolean closed; // written under `closing`

  LocalScheduler(SchedulerConfig config, EventSystem events, boolean ownsEvents) {
    this.config = config;
    this.events = events;
    this.ownsEvents = ownsEvents;
    this.clock = config.clock();
    this.origin = clock.nanos();
    this.patience = patience(config);
    this.timers = Timers.on(clock, config.name() + "-timers");
    this.capacity = new Capacity(events, config.capacity());
    this.broker = new PermitBroker(config.resources());
    this.lockTable = new LockTable(events, config.deadlocks(), urgency);
    this.submission = new Submission(this, capacity, costs, counts, urgency, tasks);
    Executor cpuExecutor = config.cpuExecutor();
    this.cpuThreads =
        cpuExecutor == null ? new CpuThreads(config.name(), config.cpuThreads()) : null;
    int cpuShards = config.shards() == 0 ? config.cpuThreads() : config.shards();
    this.cpu =
        addPool(
            Placement.CPU.pool(),
            config.cpuThreads(),
            cpuShards,
            cpuThreads == null ? cpuExecutor : cpuThreads);
    Executor blocking = config.blockingExecutor();
    addPool(
        Placement.BLOCKING.pool(),
        config.blockingLimit(),
        1,
        blocking == null ? virtualThreads(config.name()) : blocking);
    config.pools().forEach((name, own) -> addPool(name, own.limit(), 1, own.executor()));
  }

  /** {@return how long after its submission a task without a deadline is due, by band} */
  private static long[] patience(SchedulerConfig config) {
    long[] patience = new long[config.bands()];
    long each = Nanos.ahead(config.patience());
    for (int band = 0; band < patience.length; band++) {
      patience[band] = each;
      each = Math.min(each, Nanos.FARTHEST / 10) * 10;
    }
    return patience;
  }

  private final class PoolHost implements Pool.Host {
    private static final Duration SOON = Duration.ofMillis(10);

    @Override
    public long now() {
      return LocalScheduler.this.now();
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public void soon(Runnable action) {
      schedule(SOON, action);
    }
  }

  private static Executor virtualThreads(String name) {
    var factory = Thread.ofVirtual().name(name + "-blocking-", 0).factory();
    return turn -> factory.newThread(turn).start();
  }

  private Pool addPool(String name, int limit, int shardCount, @Nullable Executor executor) {
    if (executor == null) {
      throw new IllegalArgumentException("a pool needs an executor: pool=\"" + name + "\"");
    }
    Duration ageing = config.ageing();
    var shards = new Shard[shardCount];
    for (int i = 0; i < shardCount; i++) {
      shards[i] =
          new Shard(
              config.bands(),
              config.lowShare(),
              ageing == null ? Entry.NEVER : Nanos.of(ageing),
              urgency::urgeFirstOfKey);
    }
    var pool = new Pool(name, limit, shards, executor, config, host);
    pools.put(name, pool);
    return pool;
  }

  // ── submission ──

  @Override
  public Event submit(Work work) {
    return submission.submit(TaskOptions.DEFAULT, work);
  }

  @Override
  public Event submit(UnaryOperator<TaskOptions> configure, Work work) {
    return submission.submit(configure.apply(TaskOptions.DEFAULT), work);
  }

  @Override
  public Event submit(TaskOptions options, Work work) {
    return submission.submit(options, work);
  }

  @Override
  public <T> Promise<T> call(UnaryOperator<TaskOptions> configure, Callable<? extends T> work) {
    return submission.call(configure.apply(TaskOptions.DEFAULT), work);
  }

  @Override
  public <T> Promise<T> call(TaskOptions options, Callable<? extends T> work) {
    return submission.call(options, work);
  }

  @Override
  public Repetition repeat(UnaryOperator<TaskOptions> configure, Schedule schedule, Work work) {
    TaskOptions options = configure.apply(TaskOptions.DEFAULT);
    submission.check(options);
    var repetition = new LocalRepetition(this, options, schedule, work);
    repetition.step();
    return repetition;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public <T> Lane<T> lane(UnaryOperator<LaneConfig<T>> configure, LaneHandler<T> handler) {
    LaneConfig<T> settings = configure.apply(LaneConfig.defaults());
    Pool pool = pool("lane", settings.name(), settings.placement(), settings.band());
    var lane =
        new LocalLane<>(
            this, settings, handler, pool == null ? cpu : pool, submission.nextNumber());
    lanes.add(lane);
    return lane;
  }

  /** Forgets a lane that is closed and empty. */
  void forget(LocalLane<?> lane) {
    lanes.remove(lane);
  }

  @Override
  public boolean expedite(Event event, Band band, Duration deadline) {
    TaskRun task = tasks.task(event);
    if (task == null || task.phase == TaskPhase.RUNNING) {
      return false;
    }
    urgency.urge(task, now() + Nanos.ahead(deadline), band.index());
    return true;
  }

  // ── cancelling and ending ──

  /** The event of a task is complete. */
  void completed(TaskRun task) {
    if (!task.finishing) {
      task.cancelled = true;
      letGo(task);
    }
  }

  /** Asks whoever may have a cancelled task to let go of it. */
  void letGo(TaskRun task) {
    if (task.interrupt()) {
      watchAbandoned(task, task.attempts, false);
      return;
    }
    Registration precondition = task.precondition;
    Timer retry = task.retryTimer;
    boolean held = precondition != null && precondition.remove();
    held |= retry != null && retry.cancel();
    if (!held && task.permits != null) {
      List<TaskRun> granted = broker.withdraw(task.permits);
      if (granted != null) {
        held = true;
        runner.permitsGranted(granted);
      }
    }
    LockOwner owner = task.lockOwnerIfAny();
    held |= !held && owner != null && lockTable.withdraw(owner);
    Pool pool = task.pool;
    if (pool == null || (held && !task.mayNeedUndoing())) {
      if (held) {
        runner.clear(task);
      }
      return;
    }
    // what is held by nobody else any more is to be undone, and cleared away, on its pool
    pool.post(held ? Shard.Message.RETURNED : Shard.Message.CANCELLED, task);
  }

  /** Looks after an interrupted attempt, and calls it abandoned if it does not stop. */
  void watchAbandoned(TaskRun task, int attempt, boolean poison) {
    schedule(
        config.grace(),
        () -> {
          if (!task.abandon(attempt)) {
            return;
          }
          counts.abandoned.increment();
          String message =
              "an interrupted attempt must stop within the time of grace: task=%s, grace=%s"
                  .formatted(task, config.grace());
          LOG.log(Level.WARNING, message + "; what it holds stays with it until it does");
          if (poison) {
            task.event.tryPoison(new TaskTimeoutException(message));
          }
        });
  }

  /** Ends a task, and counts it, unless it was over before. */
  void over(TaskRun task, LongAdder count, long now) {
    if (!task.becomeOver()) {
      return;
    }
    count.increment();
    task.enter(TaskPhase.DONE, now);
    TaskPhase missedIn = task.missedIn;
    if (missedIn != null) {
      counts.missed(missedIn);
      DeadlineMissedEvent.record(task, missedIn, now);
    }
    Timer timeout = task.timeoutTimer;
    if (timeout != null) {
      timeout.cancel();
    }
    task.shard.release(task.load, config.admission());
    if (task.key != null && task.pool != null) {
      task.pool.post(Shard.Message.FINISHED, task);
    }
    task.predecessors = List.of(); // else a chain of tasks would keep all before it in memory
    tasks.remove(task);
    capacity.giveBack();
  }

  @Override
  public boolean awaitIdle(Duration timeout) throws InterruptedException {
    return capacity.awaitIdle(timeout);
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
    }
    tasks.forEach(task -> task.event.tryPoison(CLOSED));
    lanes.forEach(LocalLane::close);
    boolean idle = false;
    try {
      awaitLanes();
      idle = capacity.awaitIdle(config.grace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SystemClosedException e) { // nothing is left to wait with
      idle = capacity.held() == 0;
    }
    if (!idle) {
      LOG.log(
          Level.WARNING,
          "closing \"%s\" leaves tasks behind that did not stop when interrupted: %d"
              .formatted(config.name(), capacity.held()));
    }
    lanes.forEach(LocalLane::discard);
    if (cpuThreads != null) {
      cpuThreads.close();
    }
    timers.close();
    if (ownsEvents) {
      events.close();
    }
  }

  private void awaitLanes() throws InterruptedException {
    List<Event> handled = lanes.stream().map(LocalLane::handled).toList();
    if (!handled.isEmpty()) {
      events.merge(handled).await(config.grace());
    }
  }

  // ── what the parts need ──

  @Override
  public SchedulerConfig config() {
    return config;
  }

  @Override
  public EventSystem events() {
    return events;
  }

  @Override
  public Locks locks() {
    return lockTable;
  }

  Pool cpu() {
    return cpu;
  }

  /**
   * {@return the pool of a placement; null for the caller}
   *
   * @throws IllegalStateException if the scheduler is closed
   * @throws IllegalArgumentException if it has no such pool or band
   */
  @Nullable Pool pool(String kind, String name, Placement placement, Band band) {
    if (closed) {
      throw new IllegalStateException(
          "a scheduler must be open to run something: %s \"%s\"".formatted(kind, name));
    }
    if (band.index() >= config.bands()) {
      throw new IllegalArgumentException(
          "a band must be one of the scheduler's: %s \"%s\", band=%s, bands=%d"
              .formatted(kind, name, band, config.bands()));
    }
    if (placement.equals(Placement.CPU)) {
      return cpu;
    }
    Pool pool = pools.get(placement.pool());
    if (pool == null && !placement.equals(Placement.CALLER)) {
      throw new IllegalArgumentException(
          "a pool must be one of the scheduler's: %s \"%s\", pool=\"%s\", known=%s"
              .formatted(kind, name, placement.pool(), pools.keySet()));
    }
    return pool;
  }

  LockTable lockTable() {
    return lockTable;
  }

  PermitBroker broker() {
    return broker;
  }

  Runner runner() {
    return runner;
  }

  Counts counts() {
    return counts;
  }

  Timers timers() {
    return timers;
  }

  /** {@return a timer; one that will never run if the scheduler is closed} */
  @Nullable Timer schedule(Duration delay, Runnable action) {
    try {
      return timers.schedule(delay, action);
    } catch (IllegalStateException e) {
      if (closed) {
        return null; // closing has cancelled whatever this was for
      }
      throw e;
    }
  }

  /** {@return nanoseconds since the scheduler was opened} */
  long now() {
    return clock.nanos() - origin;
  }

  /** {@return when a task is due for the order that has no deadline} */
  long dueWithoutDeadline(long now, int band) {
    return now + patience[band];
  }

  /** Remembers what a successful attempt cost, where that will be asked for. */
  void learn(TaskRun task, long nanos) {
    if (task.options.retry() != null || task.deadline != Entry.NEVER) {
      costs.add(task.options.name(), nanos);
    }
  }

  long expectedCost(TaskRun task) {
    return task.options.cost().isZero() ? costs.median(task.options.name()) : task.cost;
  }

  // ── what is known ──

  @Override
  public TaskExplanation explain(Event event) {
    TaskRun task = event.status() == EventStatus.PENDING ? tasks.task(event) : null;
    return new TaskExplainer(this, pools.values(), tasks).explain(event, task);
  }

  @Override
  public SchedulerStats stats() {
    long now = now();
    var sums = new BandCounts[config.bands()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new BandCounts();
    }
    int[] queued = new int[sums.length];
    var running = new HashMap<String, Integer>();
    for (Pool pool : pools.values()) {
      for (Shard shard : pool.shards) {
        shard.addTo(sums, queued, now);
      }
      running.put(pool.name, pool.turns());
    }
    var bands = new ArrayList<SchedulerStats.BandStats>();
    for (int i = 0; i < sums.length; i++) {
      bands.add(sums[i].stats(new Band(i), queued[i]));
    }
    return new SchedulerStats(
        counts.submitted.sum(),
        capacity.held(),
        running,
        counts.succeeded.sum(),
        counts.failed.sum(),
        counts.cancelled.sum(),
        counts.rejected.sum(),
        counts.refused.sum(),
        counts.retried.sum(),
        counts.dropped.sum(),
        counts.downgraded.sum(),
        counts.late.sum(),
        counts.abandoned.sum(),
        counts.compensationsFailed.sum(),
        counts.missed(),
        lockTable.deadlocks(),
        lockTable.held(),
        broker.free(),
        bands,
        lanes.stream().map(LocalLane::stats).toList());
  }

  @Override
  public String toString() {
    return "Scheduler[%s, held=%d]".formatted(config.name(), capacity.held());
  }
}
