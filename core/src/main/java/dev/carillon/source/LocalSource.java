package dev.carillon.source;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.RateLimiter;
import dev.carillon.schedule.RateLimiterConfig;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source: what it is made of, what it has done, and how it is. */
final class LocalSource<T> implements Source<T> {
  /*
   * Each start is a Running of its own. `lock` guards which one is current and how it ends, and is
   * never held while anything waits or a user's code runs; it is taken before the monitors of the
   * states and of the followers. What a Running that is no longer the current one tells is ignored.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  /** How long a stop waits, in real time, for listeners to be told of it. */
  private static final Duration TELLING = Duration.ofSeconds(5);

  private final SourceKind<T> kind;
  private final Outlet<? super T> outlet;
  private final SourceConfig config;
  private final @Nullable RateLimiter limiter;
  private final Refusals refusals;
  private final PositionKeeper keeper;
  private final States states;
  private final Followers<T> followers = new Followers<>();
  private final AtomicReference<@Nullable Object> kept = new AtomicReference<>(); // by the kind

  private final LongAdder taken = new LongAdder();
  private final LongAdder settled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder starts = new LongAdder();
  private final Room.Waited waited = new Room.Waited();
  private final OncePerSecond failures = new OncePerSecond();

  private final Object lock = new Object();
  private boolean closed; // guarded by lock
  private volatile @Nullable Running<T> running; // the last start; written under lock

  private volatile boolean paused;
  private volatile @Nullable SocketAddress address;
  private volatile long lastItem; // coarse nanos of the clock, once an item came

  LocalSource(SourceKind<T> kind, Outlet<? super T> outlet, SourceConfig config) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.outlet = Objects.requireNonNull(outlet, "outlet");
    this.config = config;
    RateLimiterConfig rate = config.rate();
    this.limiter =
        rate == null ? null : RateLimiter.of(config.name(), _ -> rate.withClock(config.clock()));
    this.refusals = new Refusals(config.name());
    this.keeper = new PositionKeeper(config);
    var listeners = new ArrayList<SourceListener>();
    listeners.add(config.listener());
    if (outlet instanceof SourceListener told) {
      listeners.add(told);
    }
    this.states = new States(config.name(), listeners);
  }

  @Override
  public SourceConfig config() {
    return config;
  }

  @Override
  public String kind() {
    return kind.kind();
  }

  // ── starting and stopping ──

  @Override
  public Source<T> start() {
    Running<T> started;
    Runnable tell = () -> {};
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the source is closed: source=\"" + name() + "\"");
      }
      Running<T> last = running;
      if (last != null && !last.isOver() && !last.isStopAsked()) {
        return this;
      }
      started = new Running<>(this, last == null || last.isGone() ? null : last);
      running = started;
      address = null;
      if (last != null && !last.isOver()) { // what follows it is not told any more
        states.set(SourceState.STOPPED, "stopped, and started again", null);
        tell = followers.end(SourceState.STOPPED, "stopped");
      }
      states.start("starts");
    }
    started.start(); // first, as who is told may stop it again
    tell.run();
    return this;
  }

  @Override
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    boolean isReady = states.awaitConnected(nanos(timeout));
    Throwable failure = states.failure();
    if (!isReady && states.state() == SourceState.FAILED && failure != null) {
      throw new SourceFailedException("source \"" + name() + "\" has failed: " + failure, failure);
    }
    return isReady;
  }

  private static long nanos(Duration timeout) {
    try {
      return Math.min(timeout.toNanos(), Long.MAX_VALUE / 2);
    } catch (ArithmeticException e) {
      return timeout.isNegative() ? 0 : Long.MAX_VALUE / 2;
    }
  }

  @Override
  public void stop() {
    Running<T> last = running;
    if (last != null) {
      last.stop();
      if (!last.isOwnThread()) {
        last.awaitOver();
        states.awaitTold(TELLING.toNanos());
      }
    }
  }

  @Override
  public void close() {
    Runnable tell;
    synchronized (lock) {
      closed = true;
      tell = running == null ? followers.end(SourceState.STOPPED, "closed") : () -> {};
    }
    tell.run();
    stop();
  }

  // ── told by a start of it ──

  PositionKeeper keeper() {
    return keeper;
  }

  Refusals refusals() {
    return refusals;
  }

  SourceKind<T> sourceKind() {
    return kind;
  }

  boolean needsPlatformThread() {
    return kind.needsPlatformThread();
  }

  LocalIntake<T> newIntake(Running<T> start, Timers timers) {
    return new LocalIntake<>(this, start, outlet, timers);
  }

  Room newRoom(Timers timers) {
    RateLimiter bound = limiter;
    return new Room(config.window(), bound == null ? null : new Room.Rate(bound, timers), waited);
  }

  void starts() {
    starts.increment();
  }

  void set(Running<T> by, SourceState to, String detail, @Nullable Throwable cause) {
    synchronized (lock) {
      if (by.equals(running)) {
        address = null;
        states.set(to, detail, cause);
      }
    }
  }

  /** It is over, unless it was started again: {@return what tells those who followed it} */
  Runnable ended(Running<T> by, Running.End end) {
    synchronized (lock) {
      if (!by.equals(running)) {
        return () -> {};
      }
      address = null;
      states.set(end.state(), end.detail(), end.failure());
      return followers.end(end.state(), end.detail());
    }
  }

  // ── told by a run of it ──

  /** {@return the run that takes in now, if there is one} */
  private @Nullable LocalIntake<T> current() {
    Running<T> last = running;
    return last == null ? null : last.current();
  }

  private boolean isCurrent(LocalIntake<T> run) {
    return run.equals(current());
  }

  void connected(LocalIntake<T> run, @Nullable SocketAddress where) {
    boolean isNew;
    synchronized (lock) {
      if (!isCurrent(run)) {
        return;
      }
      address = where == null ? address : where;
      String detail = where == null ? "" : "listens at " + where;
      isNew = states.setIf(SourceState.STARTING, SourceState.CONNECTED, detail);
    }
    if (isNew) {
      run.connected();
      run.idle().start();
    }
  }

  /** Nothing came for the time after which it is idle. */
  void nothingCame(LocalIntake<T> run, long before) {
    synchronized (lock) {
      if (isCurrent(run)) {
        states.setIf(
            SourceState.CONNECTED, SourceState.IDLE, "nothing came for " + config.idleAfter());
      }
    }
    if (taken.sum() != before) { // just now, and may have been before it was idle
      itemsCome(run);
    }
  }

  private void itemsCome(LocalIntake<T> run) {
    boolean isNew;
    synchronized (lock) {
      isNew =
          isCurrent(run)
              && states.setIf(SourceState.IDLE, SourceState.CONNECTED, "items come again");
    }
    if (isNew) {
      run.idle().start();
    }
  }

  /** An item has come in. */
  void taken(LocalIntake<T> run, Item<T> item) {
    taken.increment();
    lastItem = config.clock().coarseNanos();
    SourceState state = states.state();
    if (state == SourceState.STARTING) {
      connected(run, null);
    } else if (state == SourceState.IDLE) {
      itemsCome(run);
    }
    followers.taken(item);
  }

  long takenSoFar() {
    return taken.sum();
  }

  void failed(Item<T> item, Throwable cause, boolean isPassed) {
    failed.increment();
    if (!failures.isDue()) {
      return;
    }
    LOG.log(
        Level.WARNING,
        "source \"%s\": an item was not taken care of%s: %s (%d so far)"
            .formatted(
                name(),
                isPassed ? ", and is passed over" : "",
                item.position() == null ? item.origin() : "position=" + item.position(),
                failed.sum()),
        cause);
  }

  void retried() {
    retried.increment();
  }

  void settled(boolean isDone) {
    if (isDone) {
      settled.increment();
    }
  }

  // ── what it tells ──

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean isOn) {
    paused = isOn;
    LocalIntake<T> run = current();
    if (run != null) {
      applyPause(run);
    }
  }

  /** Has a run be paused as the source is, though another thread may be changing that. */
  void applyPause(LocalIntake<T> run) {
    boolean isOn;
    do {
      isOn = paused;
      run.room().pause(isOn);
    } while (isOn != paused);
  }

  @Override
  public SourceState state() {
    return states.state();
  }

  @Override
  public Optional<Throwable> failure() {
    return Optional.ofNullable(states.failure());
  }

  @Override
  public Optional<SocketAddress> address() {
    return Optional.ofNullable(address);
  }

  /** {@return what the kind keeps between its runs} */
  Object kept(Supplier<?> fresh) {
    Object known = kept.get();
    if (known != null) {
      return known;
    }
    Object made = Objects.requireNonNull(fresh.get(), "fresh");
    return kept.compareAndSet(null, made) ? made : Objects.requireNonNull(kept.get(), "kept");
  }

  @Override
  public Optional<String> position() {
    return Optional.ofNullable(keeper.position());
  }

  @Override
  public SourceStats stats() {
    LocalIntake<T> run = current();
    long all = taken.sum();
    return new SourceStats(
        states.state(),
        all,
        settled.sum(),
        failed.sum(),
        retried.sum(),
        run == null ? 0 : run.room().underWay(),
        waited.times.sum(),
        Duration.ofNanos(waited.nanos.sum()),
        starts.sum(),
        refusals.counts(),
        all == 0 ? null : config.clock().now().minusNanos(config.clock().nanos() - lastItem));
  }

  /** {@return whether it was started, and nothing comes any more} */
  private boolean isOver() {
    synchronized (lock) {
      return (running != null || closed) && Followers.isOver(states.state());
    }
  }

  @Override
  public Event ended(EventSystem events) {
    return followers.ended(events, name(), this::isOver, states);
  }

  @Override
  public Promise<T> next(EventSystem events) {
    return followers.next(events, name(), this::isOver);
  }

  @Override
  public String explain() {
    return SourceExplainer.explain(this, paused);
  }
}
