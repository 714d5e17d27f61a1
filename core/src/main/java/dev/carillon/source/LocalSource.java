package dev.carillon.source;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.RateLimiter;
import dev.carillon.schedule.RateLimiterConfig;
import dev.carillon.schedule.Retry;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A source and the thread that runs its kind again and again. */
final class LocalSource<T> implements Source<T> {
  /*
   * One thread for each start runs the kind, waits for what is under way, and either ends or waits
   * and runs the kind again, each time with an intake of its own. start() and stop() exclude each
   * other by a lock that no such thread takes; stop() marks `stopRequested`, stops the run and the
   * wait between two runs, and joins the thread.
   *
   * Waits with an end are timers of the source's clock that wake the waiter, so a simulated clock
   * moves them as well.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final Duration HEALTHY = Duration.ofSeconds(10);

  private final SourceKind<T> kind;
  private final Outlet<? super T> outlet;
  private final SourceConfig config;
  private final Room room;
  private final Refusals refusals;
  private final PositionKeeper keeper;
  private final States states;
  private final Followers<T> followers = new Followers<>();

  private final LongAdder taken = new LongAdder();
  private final LongAdder settled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder starts = new LongAdder();

  private final ReentrantLock lifecycle = new ReentrantLock();
  private boolean closed; // guarded by lifecycle
  private @Nullable Thread thread; // guarded by lifecycle; null unless started

  private volatile @Nullable LocalIntake<T> current;
  private volatile @Nullable SocketAddress address;
  private volatile @Nullable Timers timers; // of the last start
  private volatile long lastItem; // coarse nanos of the clock; 0 if none came
  private volatile long connectedAt;
  private volatile boolean stopRequested;
  private volatile CountDownLatch pause = new CountDownLatch(0); // between two runs

  LocalSource(SourceKind<T> kind, Outlet<? super T> outlet, SourceConfig config) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.outlet = Objects.requireNonNull(outlet, "outlet");
    this.config = config;
    RateLimiterConfig rate = config.rate();
    this.room =
        new Room(
            config.window(),
            rate == null
                ? null
                : RateLimiter.of(config.name(), _ -> rate.withClock(config.clock())));
    this.refusals = new Refusals(config.name());
    this.keeper = new PositionKeeper(config);
    var listeners = new ArrayList<SourceListener>();
    listeners.add(config.listener());
    if (outlet instanceof SourceListener told) {
      listeners.add(told);
    }
    listeners.add(followers);
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
    lifecycle.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the source is closed: source=\"" + name() + "\"");
      }
      if (thread != null && thread.isAlive()) {
        return this;
      }
      stopRequested = false;
      Timers running = SharedTimers.acquire(config.clock());
      timers = running;
      states.set(SourceState.STARTING, "starts", null);
      Thread.Builder builder =
          kind.needsPlatformThread() ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
      thread = builder.name("carillon-source-" + name()).start(() -> live(running));
    } finally {
      lifecycle.unlock();
    }
    return this;
  }

  @Override
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    List<SourceState> wanted =
        List.of(
            SourceState.CONNECTED,
            SourceState.IDLE,
            SourceState.ENDED,
            SourceState.FAILED,
            SourceState.STOPPED);
    SourceState state = states.await(wanted, nanos(timeout));
    Throwable failure = states.failure();
    if (state == SourceState.FAILED && failure != null) {
      throw new SourceFailedException("source \"" + name() + "\" has failed: " + failure, failure);
    }
    return state != null && state != SourceState.STOPPED;
  }

  private static long nanos(Duration timeout) {
    try {
      return timeout.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  @Override
  public void stop() {
    stop(false);
  }

  @Override
  public void close() {
    stop(true);
  }

  private void stop(boolean forGood) {
    LocalIntake<T> run = current;
    if (run != null && run.isOwnThread()) { // which cannot wait for itself
      stopRequested = true;
      closed |= forGood;
      run.stop(null);
      return;
    }
    lifecycle.lock();
    try {
      closed |= forGood;
      Thread running = thread;
      if (running == null) {
        return;
      }
      stopRequested = true;
      run = current;
      if (run != null) {
        run.stop(null);
      }
      pause.countDown();
      join(running);
      thread = null;
    } finally {
      lifecycle.unlock();
    }
  }

  private static void join(Thread running) {
    boolean interrupted = false;
    while (true) {
      try {
        running.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ── the thread ──

  private void live(Timers running) {
    SourceState end = SourceState.FAILED;
    String detail = "ended by an error";
    Throwable failure = null;
    try {
      int failures = 0;
      long firstFailure = 0;
      while (true) {
        failure = runOnce(running);
        if (stopRequested || failure == null) {
          end = stopRequested ? SourceState.STOPPED : SourceState.ENDED;
          detail = stopRequested ? "stopped" : "there is nothing more";
          failure = stopRequested ? failure : null;
          break;
        }
        long now = config.clock().nanos();
        failures = wasHealthy(now) ? 1 : failures + 1;
        firstFailure = failures == 1 ? now : firstFailure;
        Optional<Duration> delay = nextDelay(failures, failure, now - firstFailure);
        if (delay.isEmpty()) {
          detail = "failed %d times, and is not tried again: %s".formatted(failures, failure);
          LOG.log(Level.ERROR, "source \"" + name() + "\" " + detail, failure);
          break;
        }
        waitBetween(running, delay.get(), failure);
        if (stopRequested) {
          end = SourceState.STOPPED;
          detail = "stopped";
          break;
        }
      }
    } finally {
      current = null;
      SharedTimers.release(config.clock());
      states.set(end, detail, failure);
    }
  }

  private Optional<Duration> nextDelay(int failures, Throwable failure, long sinceFirst) {
    if (failure instanceof OutletClosedException || failure instanceof Error) {
      return Optional.empty();
    }
    return config
        .restart()
        .nextDelay(failures, failure, Duration.ofNanos(sinceFirst), Duration.ZERO);
  }

  private boolean wasHealthy(long now) {
    long since = connectedAt;
    connectedAt = 0;
    return since != 0 && (lastItem - since > 0 || now - since > HEALTHY.toNanos());
  }

  private @Nullable Throwable runOnce(Timers running) {
    starts.increment();
    address = null;
    LocalIntake<T> run;
    try {
      keeper.load();
      run = new LocalIntake<>(this, outlet, keeper.position());
    } catch (RuntimeException e) {
      return e;
    }
    current = run;
    room.open(running);
    if (stopRequested) { // before it was the current one
      run.stop(null);
    }
    Throwable failure = run.run(kind);
    address = null;
    drain(running, run, failure == null && !stopRequested);
    run.end();
    failure = failure == null ? run.failure() : failure; // of what was under way
    room.close();
    try {
      keeper.save();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the position of source \"" + name() + "\" could not be saved", e);
      failure = failure == null ? e : failure;
    }
    return failure;
  }

  /** Waits for what is under way: as long as it takes if nothing more comes, else for the grace. */
  private void drain(Timers running, LocalIntake<T> run, boolean isEnd) {
    var isLate = new CountDownLatch(1);
    Runnable giveUp =
        () -> {
          isLate.countDown();
          room.wakeAll();
        };
    try {
      if (isEnd) {
        room.awaitEmpty(() -> stopRequested);
      }
      run.stop(null);
      var timer = running.schedule(config.grace(), giveUp);
      room.awaitEmpty(() -> isLate.getCount() == 0);
      timer.cancel();
    } catch (InterruptedException e) { // nobody does; if so, it is not to wait any longer
      LOG.log(Level.WARNING, "source \"" + name() + "\" was interrupted while it stopped", e);
    }
    run.abandon();
  }

  private void waitBetween(Timers running, Duration delay, Throwable failure) {
    LOG.log(
        Level.WARNING,
        "source \"%s\" failed, and is tried again in %s: %s".formatted(name(), delay, failure));
    var over = new CountDownLatch(1);
    pause = over;
    states.set(SourceState.FAILING, "tried again in %s: %s".formatted(delay, failure), failure);
    var timer = running.schedule(delay, over::countDown);
    try {
      if (!stopRequested) {
        over.await();
      }
    } catch (InterruptedException e) { // nobody does; then it is tried again at once
      LOG.log(Level.WARNING, "source \"" + name() + "\" was interrupted while it waited", e);
    }
    timer.cancel();
    if (!stopRequested) {
      states.set(SourceState.STARTING, "tries again", null);
    }
  }

  // ── told by the run ──

  Room room() {
    return room;
  }

  Refusals refusals() {
    return refusals;
  }

  boolean isCurrent(LocalIntake<T> run) {
    return run.equals(current);
  }

  void connected(LocalIntake<T> run, @Nullable SocketAddress where) {
    if (!isCurrent(run)) {
      return;
    }
    if (where != null) {
      address = where;
    }
    if (states.setIf(
        SourceState.STARTING, SourceState.CONNECTED, where == null ? "" : "listens at " + where)) {
      connectedAt = config.clock().coarseNanos();
      watchIdle(taken.sum());
    }
  }

  private void watchIdle(long before) {
    Timers running = timers;
    if (running == null) {
      return;
    }
    try {
      running.schedule(config.idleAfter(), () -> lookIdle(before));
    } catch (IllegalStateException e) { // it has just been stopped
      LOG.log(Level.TRACE, "no watch for idleness", e);
    }
  }

  private void lookIdle(long before) {
    long now = taken.sum();
    if (states.state() != SourceState.CONNECTED) {
      return;
    }
    if (now != before) {
      watchIdle(now);
    } else {
      states.setIf(
          SourceState.CONNECTED, SourceState.IDLE, "nothing came for " + config.idleAfter());
    }
  }

  /** An item has come in. */
  void taken(LocalIntake<T> run, Item<T> item) {
    taken.increment();
    lastItem = config.clock().coarseNanos();
    SourceState state = states.state();
    if (state == SourceState.STARTING) {
      connected(run, null);
    } else if (state == SourceState.IDLE
        && states.setIf(SourceState.IDLE, SourceState.CONNECTED, "items come again")) {
      watchIdle(taken.sum());
    }
    followers.taken(item);
  }

  void failed(Item<T> item, Throwable cause, boolean isPassed) {
    failed.increment();
    LOG.log(
        Level.WARNING,
        "source \"%s\": an item was not taken care of%s: %s"
            .formatted(
                name(),
                isPassed ? ", and is passed over" : "",
                item.position() == null ? item.origin() : "position=" + item.position()),
        cause);
  }

  /** {@return whether an item is tried again after a delay} */
  boolean again(Retry retry, int attempt, Throwable cause, long sinceNanos, Runnable action) {
    Timers running = timers;
    Optional<Duration> delay =
        retry.nextDelay(attempt, cause, Duration.ofNanos(sinceNanos), Duration.ZERO);
    if (delay.isEmpty() || running == null) {
      return false;
    }
    try {
      running.schedule(delay.get(), action);
    } catch (IllegalStateException e) { // it is being stopped
      return false;
    }
    retried.increment();
    return true;
  }

  void moveTo(String position) {
    Timers running = timers;
    if (running != null) {
      keeper.moveTo(position, running);
    }
  }

  void settled(boolean isDone) {
    if (isDone) {
      settled.increment();
    }
    room.giveBack();
  }

  // ── what it tells ──

  @Override
  public void pause() {
    room.pause(true);
  }

  @Override
  public void resume() {
    room.pause(false);
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

  @Override
  public Optional<String> position() {
    return Optional.ofNullable(keeper.position());
  }

  @Override
  public SourceStats stats() {
    long last = lastItem;
    return new SourceStats(
        states.state(),
        taken.sum(),
        settled.sum(),
        failed.sum(),
        retried.sum(),
        room.underWay(),
        room.waits(),
        room.waited(),
        starts.sum(),
        refusals.counts(),
        last == 0 ? null : config.clock().now().minusNanos(config.clock().nanos() - last));
  }

  /** {@return whether it was started, and nothing comes any more} */
  private boolean isOver() {
    return starts.sum() > 0 && Followers.isOver(states.state());
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
    return SourceExplainer.explain(this, room);
  }
}
