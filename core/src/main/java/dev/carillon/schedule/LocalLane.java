package dev.carillon.schedule;

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
import java.util.concurrent.atomic.LongAdder;
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
   * Everything below "only the turn" is handed from turn to turn by the shard's lock.
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
  private final LaneHandler<T> handler;
  private final Pool pool;
  private final LaneQueue<T> items;
  private final long linger;

  // see above
  private volatile int state = IDLE;

  // monotone
  private volatile boolean closed;

  // written by anyone: means nothing once it is closed
  private volatile boolean paused;

  // written by anyone
  private final LongAdder refused = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Signal room;
  private final LaneGoals goals = new LaneGoals();
  private final AtomicLong nearest = new AtomicLong(NEVER); // when a batch must start at the latest

  // written by the turn, one after another; read by anyone
  private final LaneCount handled = new LaneCount();
  private final LaneCount batches = new LaneCount();
  private final LaneCount failed = new LaneCount();
  private final LaneCount turns = new LaneCount();
  private final LaneCount waited = new LaneCount(); // nanoseconds for a thread, in all
  private final LaneCount longestWait = new LaneCount();
  private volatile long discarded; // by closing
  private volatile long done; // the places that it will not come back to
  private volatile long since; // when it was last posted
  private volatile long lingerUntil;

  // only the turn
  private final ArrayList<T> batch;
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
    this.handler = handler;
    this.pool = pool;
    this.items = queueOf(config);
    this.room = new Signal(scheduler.events(), "room in lane \"" + config.name() + "\"");
    this.linger = Nanos.ahead(config.linger());
    this.batch = new ArrayList<>(Math.min(config.batchCount(), config.capacity()));
    this.shown = Collections.unmodifiableList(batch);
  }

  private LaneQueue<T> queueOf(LaneConfig<T> settings) {
    int capacity = settings.capacity();
    var limits =
        new LaneQueue.Limits<T>(settings.batchCount(), settings.batchBytes(), settings.weigher());
    return switch (settings.overflow()) {
      case LaneOverflow.Refuse<T>() -> new Ring<>(capacity, limits);
      case LaneOverflow.DropOldest<T>() -> new DroppingQueue<>(capacity, null, limits, this::drop);
      case LaneOverflow.Latest<T>(var key) ->
          new DroppingQueue<>(capacity, key, limits, this::drop);
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
      refused.increment();
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

  /** Told by the queue, without a lock. */
  private void drop(T item) {
    dropped.increment();
    tell(() -> config.listener().dropped(item));
  }

  private void tell(Runnable telling) {
    try {
      telling.run();
    } catch (Throwable e) { // it must cost neither the lane nor who offers anything
      LOG.log(Level.ERROR, "the listener of " + name() + " failed", e);
    }
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
    if (STATE.compareAndSet(this, from, ACTIVE)) {
      post();
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
      Event change = room.next();
      offered = offer(item);
      if (offered == Offer.FULL) {
        change.await();
      }
    }
    return offered;
  }

  @Override
  public Event handled() {
    Event event = scheduler.events().newEvent("lane \"" + config.name() + "\" handled");
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
    turns.add(1);
    waited.add(now - since);
    longestWait.raise(now - since);
    for (int i = 0; i < QUOTA; i++) {
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
      handleBatch();
    }
    post();
  }

  /** Goes to sleep: {@return true if there is something after all, and the turn goes on} */
  private boolean stayAwake(int asleep) {
    state = asleep;
    goals.reach(done);
    if (closed && items.size() == 0) {
      scheduler.forget(this);
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

  private void handleBatch() {
    cancelTimer();
    long wanted = nearest.get();
    items.take(batch);
    if (items.isEmpty()) {
      nearest.compareAndSet(wanted, NEVER);
    }
    room.tell();
    long start = scheduler.now();
    try {
      handler.handle(shown);
    } catch (Throwable e) { // an Error, too, must not stop the lane
      failed.add(1);
      LOG.log(Level.ERROR, "the handler of " + name() + " failed", e);
    }
    lastEnd = scheduler.now();
    seen = NEVER;
    meanCost += (lastEnd - start - meanCost) / 8;
    batches.add(1);
    handled.add(batch.size());
    batch.clear();
    done = items.taken();
    goals.reach(done);
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
      scheduler.forget(this);
    }
  }

  /** Throws away what waits, as the scheduler closes. */
  void discard() {
    closed = true;
    int left = items.size();
    if (left > 0) {
      discarded = left;
      LOG.log(
          Level.WARNING,
          "closing the scheduler discards what lane \"%s\" has not handled: items=%d"
              .formatted(config.name(), left));
    }
    goals.poison(LocalScheduler.CLOSED);
    room.tell();
  }

  @Override
  public LaneStats stats() {
    long dispatched = turns.read();
    return new LaneStats(
        config.name(),
        items.size(),
        state == ACTIVE,
        isHeld(),
        items.accepted(),
        refused.sum(),
        dropped.sum(),
        handled.read(),
        batches.read(),
        failed.read(),
        discarded,
        Duration.ofNanos(dispatched == 0 ? 0 : waited.read() / dispatched),
        Duration.ofNanos(longestWait.read()));
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
    return "lane \"" + config.name() + "\"";
  }

  @Override
  public String toString() {
    return "Lane[%s, queued=%d]".formatted(config.name(), items.size());
  }
}
