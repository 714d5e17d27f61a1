package dev.carillon.schedule;

import static dev.carillon.schedule.LaneWatch.Outcome.ABANDONED;

import dev.carillon.event.Event;
import dev.carillon.time.Timer;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A lane of a scheduler. */
final class LocalLane<T> extends Entry implements Lane<T> {
  /*
   * IDLE -> ACTIVE by whoever finds it idle after filling a place, who then posts it to its shard;
   * ACTIVE -> IDLE by its own turn when it finds nothing, which then looks once more; ACTIVE ->
   * LINGERING by its turn when it waits for a fuller batch; LINGERING -> ACTIVE by the timer, or by
   * whoever's item makes the batch full or has too near a deadline; ACTIVE -> PAUSED by its turn
   * when it finds itself held, which then looks once more; PAUSED -> ACTIVE by whoever resumes or
   * closes it. Whoever makes it ACTIVE posts it, so it is in a shard's hands, or running, at most
   * once.
   *
   * When the scheduler has closed, whoever makes it ACTIVE, or has the turn, throws away what waits.
   *
   * Everything below "only the turn" is handed from turn to turn by the shard's lock. A turn whose
   * call of the handler is abandoned has lost the lane, by the monitor of its LaneWatch, to the
   * timer's thread, which does for it what is left to do and posts the lane. When the call returns
   * at last, the turn ends and touches nothing of the lane.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private static final int IDLE = 0;
  private static final int ACTIVE = 1;
  private static final int LINGERING = 2;
  private static final int PAUSED = 3;

  /** Batches of one turn, before others of the pool get theirs. */
  private static final int QUOTA = 8;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(LocalLane.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LocalScheduler scheduler;
  private final LaneConfig<T> config;
  private final LaneCounts counts = new LaneCounts();
  private final LaneCalls<T> calls;
  private final Pool pool;
  private final LaneQueue<T> items;
  private final long linger;
  private final @Nullable LaneWatch<T> watch; // null without a timeout

  // see above
  private volatile int state = IDLE;

  // monotone
  private volatile boolean closed;
  private volatile boolean discarding; // the scheduler has closed

  // written by anyone: means nothing once it is closed
  private volatile boolean paused;

  // written by anyone
  private final Signal room;
  private final LaneGoals goals = new LaneGoals();
  private final AtomicLong nearest = new AtomicLong(NEVER); // when a batch must start at the latest

  // written by the turn, one after another; read by anyone
  private volatile long done; // the places that it will not come back to
  private volatile long since; // when it was last posted
  private volatile long lingerUntil;

  // only the turn
  private final ArrayList<T> batch; // the same list each time, without a timeout
  private final List<T> shown;
  private long lastEnd = Long.MIN_VALUE / 2;
  private long seen = NEVER; // when it saw the first item of the batch to come
  private long meanCost;
  private @Nullable Timer timer;

  LocalLane(
      LocalScheduler scheduler,
      LaneConfig<T> config,
      LaneHandler<T> handler,
      Pool pool,
      long number) {
    super(pool.shardFor(null), null, number, NEVER, config.band().index());
    this.scheduler = scheduler;
    this.config = config;
    this.calls = new LaneCalls<>(config, handler, counts);
    this.pool = pool;
    this.items = queueOf(config);
    this.room = new Signal(scheduler.events(), "room in " + calls.name());
    this.linger = Nanos.ahead(config.linger());
    Duration timeout = config.timeout();
    this.watch =
        timeout == null
            ? null
            : new LaneWatch<>(
                Nanos.ahead(timeout), Nanos.ahead(scheduler.config().grace()), new WatchOwner());
    int most = Math.min(config.batchCount(), config.capacity());
    this.batch = new ArrayList<>(watch == null ? most : 0);
    this.shown = Collections.unmodifiableList(batch);
  }

  private LaneQueue<T> queueOf(LaneConfig<T> settings) {
    int capacity = settings.capacity();
    var limits =
        new LaneQueue.Limits<T>(settings.batchCount(), settings.batchBytes(), settings.weigher());
    return switch (settings.overflow()) {
      case LaneOverflow.Refuse<T>() -> new Ring<>(capacity, limits);
      case LaneOverflow.DropOldest<T>() ->
          new DroppingQueue<>(capacity, null, limits, calls::dropped);
      case LaneOverflow.Latest<T>(var key) ->
          new DroppingQueue<>(capacity, key, limits, calls::dropped);
    };
  }

  // ── producers ──

  @Override
  public Offer offer(T item) {
    Objects.requireNonNull(item, "item");
    if (closed) {
      return Offer.CLOSED;
    }
    if (!items.offer(item)) {
      counts.refused.increment();
      return Offer.FULL;
    }
    if (config.deadline() != null) {
      noteDeadline(config.deadline().apply(item));
    }
    int now = state;
    if (now != ACTIVE) {
      wake(now);
    }
    return Offer.ACCEPTED;
  }

  private void noteDeadline(Duration deadline) {
    long latest = scheduler.now() + Nanos.ahead(deadline) - meanCost();
    nearest.accumulateAndGet(latest, Math::min);
  }

  private long meanCost() {
    return meanCost; // racy: an estimate
  }

  private void wake(int found) {
    if (found == IDLE || (found == LINGERING && (isFull() || nearest.get() < lingerUntil))) {
      activate(found);
    }
  }

  private boolean isFull() {
    return items.size() >= config.batchCount() || items.bytes() >= config.batchBytes();
  }

  private void activate(int from) {
    if (from != ACTIVE && STATE.compareAndSet(this, from, ACTIVE)) {
      if (discarding) {
        discardAll(); // no thread of the pool would
      } else {
        post();
      }
    }
  }

  private void post() {
    long now = scheduler.now();
    since = now;
    long wanted = Math.min(nearest.get(), scheduler.dueWithoutDeadline(now, config.band().index()));
    downgrade(wanted, config.band().index());
    pool.post(Shard.Message.ARRIVED, this);
  }

  @Override
  public Offer put(T item) throws InterruptedException {
    Offer offered = offer(item);
    while (offered == Offer.FULL) {
      Event change = room();
      offered = offer(item);
      if (offered == Offer.FULL) {
        change.await();
      }
    }
    return offered;
  }

  @Override
  public Event room() {
    Event change = room.next();
    if (closed) {
      room.tell(); // closing has told already, and nobody else will
    }
    return change;
  }

  @Override
  public Event handled() {
    Event event = scheduler.events().newEvent(calls.name() + " handled");
    goals.add(items.places(), event);
    if (state != ACTIVE) {
      goals.reach(done); // the turn may have looked before
    }
    return event;
  }

  // ── the turn ──

  @Override
  void run(long now) {
    cancelTimer();
    counts.turns.add(1);
    counts.waited.add(now - since);
    counts.longestWait.raise(now - since);
    for (int i = 0; i < QUOTA; i++) {
      if (discarding) {
        discardAll();
        return;
      }
      boolean held = isHeld();
      if (held || items.isEmpty()) {
        if (!stayAwake(held ? PAUSED : IDLE)) {
          return;
        }
        continue;
      }
      if (linger > 0) {
        long at = scheduler.now();
        seen = Math.min(seen, at);
        if (!isDue(at)) {
          if (!lingerOn(at)) {
            return;
          }
          continue;
        }
      }
      if (!handleBatch()) {
        return;
      }
    }
    post();
  }

  /** Goes to sleep: {@return true if there is something after all, and the turn goes on} */
  private boolean stayAwake(int asleep) {
    state = asleep;
    goals.reach(done);
    if (closed && items.size() == 0) {
      forget();
    }
    boolean rightly = asleep == PAUSED ? isHeld() : items.isEmpty();
    return !rightly && STATE.compareAndSet(this, asleep, ACTIVE);
  }

  private boolean isHeld() {
    return paused && !closed;
  }

  private boolean isDue(long now) {
    return isFull()
        || now - lastEnd >= linger
        || now - seen >= linger
        || nearest.get() <= now
        || closed;
  }

  /** Waits for more: {@return true if there is no need to, and the turn goes on} */
  private boolean lingerOn(long now) {
    long until = Math.min(seen + linger, nearest.get());
    lingerUntil = until;
    timer = scheduler.schedule(Duration.ofNanos(until - now), () -> activate(LINGERING));
    state = LINGERING;
    return isDue(scheduler.now()) && STATE.compareAndSet(this, LINGERING, ACTIVE);
  }

  private void cancelTimer() {
    Timer old = timer;
    if (old != null) {
      old.cancel();
      timer = null;
    }
  }

  /** Hands out a batch: {@return false if the call was abandoned, and with it this turn} */
  private boolean handleBatch() {
    cancelTimer();
    long wanted = nearest.get();
    List<T> taken =
        watch == null ? batch : new ArrayList<>(Math.min(config.batchCount(), items.size()));
    items.take(taken);
    if (items.isEmpty()) {
      nearest.compareAndSet(wanted, NEVER);
    }
    room.tell();
    long start = scheduler.now();
    if (watch == null) {
      calls.handle(shown);
    } else if (calls.handle(watch, Collections.unmodifiableList(taken), start) == ABANDONED) {
      pool.endBlocking();
      return false;
    }
    handedOut(taken.size(), start);
    batch.clear();
    return true;
  }

  /** Notes that a batch is over. */
  private void handedOut(int count, long start) {
    lastEnd = scheduler.now();
    seen = NEVER;
    meanCost += (lastEnd - start - meanCost) / 8;
    counts.batches.add(1);
    counts.handled.add(count);
    done = items.taken();
    goals.reach(done);
  }

  /** What the watch needs, and what it does when it gives up a call. */
  private final class WatchOwner implements LaneWatch.Owner<T> {
    @Override
    public long now() {
      return scheduler.now();
    }

    @Override
    public @Nullable Timer schedule(long nanos, Runnable action) {
      return scheduler.schedule(Duration.ofNanos(nanos), action);
    }

    @Override
    public void overdue(List<T> given) {
      calls.overdue(given);
    }

    @Override
    public void abandon(List<T> given, long start) {
      calls.abandoned(given, scheduler.config().grace());
      handedOut(given.size(), start);
      pool.beginBlocking();
      post();
    }
  }

  // ── pauses and ends ──

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    if (state == PAUSED) {
      activate(PAUSED);
    }
  }

  @Override
  public void close() {
    closed = true;
    room.tell();
    int now = state;
    if (now == LINGERING || now == PAUSED) {
      activate(now);
    } else if (now == IDLE && items.size() == 0) {
      forget();
    }
  }

  private void forget() {
    scheduler.forget(this);
    if (watch != null) {
      watch.rest();
    }
  }

  /** Throws away what waits, as the scheduler closes. */
  void discard() {
    closed = true;
    discarding = true;
    int left = items.size();
    if (left > 0) {
      LOG.log(
          Level.WARNING,
          "closing the scheduler discards what lane \"%s\" has not handled: items=%d"
              .formatted(config.name(), left));
    }
    goals.poison(LocalScheduler.CLOSED);
    room.tell();
    activate(state);
  }

  /** Throws away what waits; as the lane's turn, on whatever thread. */
  private void discardAll() {
    cancelTimer();
    do {
      var left = new ArrayList<T>();
      while (!items.isEmpty()) {
        items.take(left);
        left.forEach(calls::discarded);
        left.clear();
      }
      done = items.taken();
      goals.poison(LocalScheduler.CLOSED);
      state = IDLE;
    } while (!items.isEmpty() && STATE.compareAndSet(this, IDLE, ACTIVE));
    forget();
  }

  @Override
  public int queued() {
    return items.size();
  }

  @Override
  public boolean isPaused() {
    return isHeld();
  }

  @Override
  public LaneStats stats() {
    long dispatched = counts.turns.read();
    return new LaneStats(
        config.name(),
        items.size(),
        state == ACTIVE,
        isHeld(),
        items.accepted(),
        counts.refused.sum(),
        counts.dropped.sum(),
        counts.handled.read(),
        counts.batches.read(),
        counts.failed.read(),
        counts.timedOut.read(),
        counts.abandoned.read(),
        counts.discarded.read() + (discarding ? items.size() : 0),
        Duration.ofNanos(dispatched == 0 ? 0 : counts.waited.read() / dispatched),
        Duration.ofNanos(counts.longestWait.read()));
  }

  @Override
  long latestStart() {
    return wanted();
  }

  @Override
  void queued(long now) {}

  @Override
  void behindKey(long now) {}

  @Override
  long since() {
    return since;
  }

  @Override
  String name() {
    return calls.name();
  }

  @Override
  public String toString() {
    return "Lane[%s, queued=%d]".formatted(config.name(), items.size());
  }
}
