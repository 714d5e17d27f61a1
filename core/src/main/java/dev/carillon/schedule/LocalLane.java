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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A lane of a scheduler. */
final class LocalLane<T> extends Entry implements Lane<T> {
  /*
   * IDLE -> ACTIVE by whoever finds it idle after filling a place, who then posts it to its shard;
   * ACTIVE -> IDLE by its own turn when it finds nothing, which then looks once more; ACTIVE ->
   * LINGERING by its turn when it waits for a fuller batch; LINGERING -> ACTIVE by the timer, or by
   * whoever's item makes the batch full or has too near a deadline. Whoever makes it ACTIVE posts
   * it, so it is in a shard's hands, or running, at most once.
   *
   * Everything below "only the turn" is handed from turn to turn by the shard's lock.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private static final int IDLE = 0;
  private static final int ACTIVE = 1;
  private static final int LINGERING = 2;

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

  /** Somebody who waits until so many items were handled. */
  private record Goal(long count, Event event) {}

  private final LocalScheduler scheduler;
  private final LaneConfig<T> config;
  private final LaneHandler<T> handler;
  private final Pool pool;
  private final Ring<T> ring;
  private final long linger;

  // see above
  private volatile int state = IDLE;

  // monotone
  private volatile boolean closed;

  // written by anyone
  private final LongAdder refused = new LongAdder();
  private final Signal room;
  private final ConcurrentLinkedQueue<Goal> goals = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong nearest = new AtomicLong(NEVER); // when a batch must start at the latest

  // written by the turn, one after another; read by anyone
  private volatile long handledCount;
  private volatile long batches;
  private volatile long failed;
  private volatile long discarded;
  private volatile long since; // when it was last posted
  private volatile long waited; // for a thread, in all
  private volatile long longestWait;
  private volatile long turns;
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
    this.ring = new Ring<>(config.capacity());
    this.room = new Signal(scheduler.events(), "room in lane \"" + config.name() + "\"");
    this.linger = Nanos.ahead(config.linger());
    this.batch = new ArrayList<>(Math.min(config.batchCount(), config.capacity()));
    this.shown = Collections.unmodifiableList(batch);
  }

  // ── producers ──

  @Override
  public Offer offer(T item) {
    if (closed) {
      return Offer.CLOSED;
    }
    if (!ring.offer(item)) {
      refused.increment();
      return Offer.FULL;
    }
    if (config.weigher() != null || config.deadline() != null) {
      weigh(item);
    }
    int now = state;
    if (now != ACTIVE) {
      wake(now);
    }
    return Offer.ACCEPTED;
  }

  private void weigh(T item) {
    var weigher = config.weigher();
    if (weigher != null) {
      bytes.addAndGet(weigher.applyAsLong(item));
    }
    var deadline = config.deadline();
    if (deadline != null) {
      long latest = scheduler.now() + Nanos.ahead(deadline.apply(item)) - meanCost();
      nearest.accumulateAndGet(latest, Math::min);
    }
  }

  private long meanCost() {
    return meanCost; // racy: an estimate
  }

  private void wake(int found) {
    if (found == IDLE || isFull() || nearest.get() < lingerUntil) {
      activate(found);
    }
  }

  private boolean isFull() {
    return ring.size() >= config.batchCount() || bytes.get() >= config.batchBytes();
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
    goals.add(new Goal(ring.accepted(), event));
    if (state == IDLE) {
      reach(); // the turn may have looked before
    }
    return event;
  }

  private void reach() {
    long done = handledCount;
    for (Goal goal : goals) {
      if (goal.count() <= done) {
        goals.remove(goal);
        goal.event().tryTrigger();
      }
    }
  }

  // ── the turn ──

  @Override
  void run(long now) {
    cancelTimer();
    long wait = now - since;
    long turn = turns + 1;
    turns = turn;
    long sum = waited + wait;
    waited = sum;
    longestWait = Math.max(longestWait, wait);
    for (int i = 0; i < QUOTA; i++) {
      if (ring.peek(0) == null) {
        if (!stayAwake()) {
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
  private boolean stayAwake() {
    state = IDLE;
    if (!goals.isEmpty()) {
      reach();
    }
    if (closed && ring.size() == 0) {
      scheduler.forget(this);
    }
    return ring.peek(0) != null && STATE.compareAndSet(this, IDLE, ACTIVE);
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
    take();
    if (ring.peek(0) == null) {
      nearest.compareAndSet(wanted, NEVER);
    }
    room.tell();
    long start = scheduler.now();
    try {
      handler.handle(shown);
    } catch (Throwable e) { // an Error, too, must not stop the lane
      long failures = failed + 1;
      failed = failures;
      LOG.log(Level.ERROR, "the handler of lane \"" + config.name() + "\" failed", e);
    }
    lastEnd = scheduler.now();
    seen = NEVER;
    meanCost += (lastEnd - start - meanCost) / 8;
    long calls = batches + 1;
    batches = calls;
    long done = handledCount + batch.size();
    handledCount = done;
    batch.clear();
    if (!goals.isEmpty()) {
      reach();
    }
  }

  private void take() {
    int most = config.batchCount();
    var weigher = config.weigher();
    int count = 1;
    if (weigher == null) {
      while (count < most && ring.peek(count) != null) {
        count++;
      }
    } else {
      count = 0;
      long sum = 0;
      for (T next = ring.peek(0); next != null && count < most; next = ring.peek(count)) {
        long weight = weigher.applyAsLong(next);
        if (count > 0 && sum + weight > config.batchBytes()) {
          break;
        }
        sum += weight;
        count++;
      }
      bytes.addAndGet(-sum);
    }
    ring.take(count, batch);
  }

  // ── ends ──

  @Override
  public void close() {
    closed = true;
    room.tell();
    if (state == LINGERING) {
      activate(LINGERING);
    } else if (state == IDLE && ring.size() == 0) {
      scheduler.forget(this);
    }
  }

  /** Throws away what waits, as the scheduler closes. */
  void discard() {
    closed = true;
    int left = ring.size();
    if (left > 0) {
      discarded = left;
      LOG.log(
          Level.WARNING,
          "closing the scheduler discards what lane \"%s\" has not handled: items=%d"
              .formatted(config.name(), left));
    }
    goals.forEach(goal -> goal.event().tryPoison("the scheduler was closed"));
    room.tell();
  }

  @Override
  public LaneStats stats() {
    long dispatched = turns;
    return new LaneStats(
        config.name(),
        ring.size(),
        state == ACTIVE,
        ring.accepted(),
        refused.sum(),
        handledCount,
        batches,
        failed,
        discarded,
        Duration.ofNanos(dispatched == 0 ? 0 : waited / dispatched),
        Duration.ofNanos(longestWait));
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
    return "Lane[%s, queued=%d]".formatted(config.name(), ring.size());
  }
}
