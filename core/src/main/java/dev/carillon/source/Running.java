package dev.carillon.source;

import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One start of a source and all that follows, until it is stopped, ends or fails for good. */
final class Running<T> {
  /*
   * One thread runs the kind, waits for what is under way, and either ends or waits and runs the
   * kind again, each time with an intake of its own. Who stops it sets `stopAsked` before looking
   * for the current intake, and the thread shows an intake before it looks at `stopAsked`
   * (volatile): so one of the two stops it.
   *
   * From the moment a run is to stop, timers watch it: after the grace it is abandoned, and if its
   * thread still does not return, as a kind that ignores interrupts, the whole is given up. It is
   * `over` then for those who wait for it, but not `gone`: whoever starts the source again waits
   * for that, so a kind never runs twice at a time.
   *
   * Waits with an end are timers of the source's clock that wake the waiter, so a simulated clock
   * moves them as well.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final Duration HEALTHY = Duration.ofSeconds(10);

  /** How long a thread that was interrupted has to return. */
  static final Duration LAST = Duration.ofSeconds(5);

  /** How it ended. */
  record End(SourceState state, String detail, @Nullable Throwable failure) {}

  private final LocalSource<T> source;
  private final SourceConfig config;
  private final CompletableFuture<Void> before; // is gone, if there was one
  private final Timers timers;
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final CompletableFuture<Void> stopAsked = new CompletableFuture<>();
  private final Thread thread;

  private volatile @Nullable LocalIntake<T> current;
  private volatile boolean isGivenUp;
  private volatile @Nullable Thread teller; // of its end

  // of the thread alone
  private int failures; // one after another
  private long firstFailure;

  // guarded by this
  private @Nullable Timer watch; // over the run that is to stop, or over the whole

  Running(LocalSource<T> source, @Nullable Running<T> before) {
    this.source = source;
    this.config = source.config();
    this.before = before == null ? CompletableFuture.completedFuture(null) : before.gone;
    Thread.Builder builder =
        source.needsPlatformThread() ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    this.thread = builder.name("carillon-source-" + config.name()).unstarted(this::live);
    this.timers = SharedTimers.acquire(config.clock());
  }

  /** Begins; to be called once. */
  void start() {
    try {
      thread.start();
    } catch (Error e) { // there is no memory for a thread
      end(new End(SourceState.FAILED, "no thread: " + e, e));
      leave();
      throw e;
    }
  }

  /** {@return what is taken in now; null between two runs} */
  @Nullable LocalIntake<T> current() {
    return current;
  }

  boolean isStopAsked() {
    return stopAsked.isDone();
  }

  /** {@return whether it was stopped, ended, failed or was given up} */
  boolean isOver() {
    return hasEnded.get();
  }

  /** {@return whether its thread has ended} */
  boolean isGone() {
    return gone.isDone();
  }

  /** {@return whether the calling thread belongs to it, so that it cannot wait for its end} */
  boolean isOwnThread() {
    LocalIntake<T> run = current;
    Thread asking = Thread.currentThread();
    return asking.equals(thread) || asking.equals(teller) || (run != null && run.isOwnThread());
  }

  /** Has it end, and does not wait for that. Idempotent. */
  void stop() {
    if (!stopAsked.complete(null)) {
      return;
    }
    LocalIntake<T> run = current;
    if (run != null) {
      run.stop(null);
    } else {
      watch(null); // what users' positions do may take for ever
    }
  }

  /** Waits until it has ended, or was given up. */
  void awaitOver() {
    boolean interrupted = false;
    while (true) {
      try {
        over.await();
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

  private void live() {
    try {
      CompletableFuture.anyOf(before, stopAsked).join();
      end(isStopAsked() ? asAsked(null) : runAll());
    } catch (Throwable e) { // of what users gave us to call, or an Error; or it was given up
      abandon();
      if (!isGivenUp) {
        LOG.log(Level.ERROR, "source \"" + config.name() + "\" has failed", e);
      }
      end(new End(SourceState.FAILED, "failed: " + e, e));
    } finally {
      current = null;
      leave();
    }
  }

  /** Lets nothing of a run go on that was left in the middle. */
  private void abandon() {
    LocalIntake<T> run = current;
    if (run != null) {
      run.abandon();
    }
  }

  /** Lets those who wait for the thread go on, once that before it is gone too. */
  private void leave() {
    var _ = before.whenComplete((_, _) -> gone.complete(null));
  }

  private static End asAsked(@Nullable Throwable failure) {
    return new End(SourceState.STOPPED, "stopped", failure);
  }

  private End runAll() throws InterruptedException {
    while (true) {
      Failure failed = runOnce();
      Throwable failure = failed == null ? null : failed.cause;
      if (isStopAsked() || isGivenUp) {
        return asAsked(failure);
      }
      if (failed == null) {
        return new End(SourceState.ENDED, "there is nothing more", null);
      }
      if (failed.again == null) {
        String detail =
            "failed %d times, and is not tried again: %s".formatted(failures, failed.cause);
        LOG.log(Level.ERROR, "source \"" + config.name() + "\" " + detail, failure);
        return new End(SourceState.FAILED, detail, failure);
      }
      if (!waitFor(failed.again)) {
        return asAsked(failure);
      }
      source.set(this, SourceState.STARTING, "tries again", null);
    }
  }

  /** How a run failed, and after what time there is another; null for none. */
  private record Failure(Throwable cause, @Nullable Duration again) {}

  private @Nullable Failure runOnce() throws InterruptedException {
    LocalIntake<T> run;
    try {
      source.starts();
      source.keeper().load();
      run = source.newIntake(this, timers);
    } catch (RuntimeException e) {
      return failed(e, false);
    }
    current = run;
    source.applyPause(run); // who pauses it looks for the current one after
    if (isStopAsked()) { // before it was the current one
      run.stop(null);
    }
    Throwable failure = run.run(source.sourceKind());
    Failure failed;
    try {
      failed = failure == null ? null : failed(failure, isHealthy(run));
    } catch (RuntimeException | Error e) { // of the user's policy: then for good, and at once
      var _ = finish(run);
      throw e;
    }
    if (failed == null && !isStopAsked()) {
      run.room().awaitEmpty(run::isStopping); // as long as it takes
    }
    run.stop(null);
    run.room().awaitEmpty(run::isAbandoned);
    Throwable late = finish(run);
    return failed != null || late == null ? failed : failed(late, isHealthy(run));
  }

  /** Ends a run and saves its position: {@return what has failed since the kind has returned} */
  private @Nullable Throwable finish(LocalIntake<T> run) throws InterruptedException {
    run.end();
    Throwable late = saved(run);
    current = null;
    unwatch();
    return late;
  }

  /** Saves the position: {@return what has failed since the kind has returned} */
  private @Nullable Throwable saved(LocalIntake<T> run) {
    try {
      source.keeper().saveAtEnd();
      return run.failure();
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "the position of source \"" + config.name() + "\" could not be saved", e);
      Throwable earlier = run.failure();
      return earlier == null ? e : earlier;
    }
  }

  private boolean isHealthy(LocalIntake<T> run) {
    return run.hasSettled() || run.wasConnectedFor(HEALTHY);
  }

  /** {@return what follows a failure} Told at once, as what is under way may take its time. */
  private Failure failed(Throwable cause, boolean wasHealthy) {
    long now = config.clock().nanos();
    failures = wasHealthy ? 1 : failures + 1;
    firstFailure = failures == 1 ? now : firstFailure;
    Duration again =
        cause instanceof OutletClosedException || cause instanceof Error
            ? null
            : config
                .restart()
                .nextDelay(failures, cause, Duration.ofNanos(now - firstFailure), Duration.ZERO)
                .orElse(null);
    if (again != null && !isStopAsked()) {
      String detail = "tried again in %s: %s".formatted(again, cause);
      LOG.log(Level.WARNING, "source \"" + config.name() + "\" failed, and is " + detail);
      source.set(this, SourceState.FAILING, detail, cause);
    }
    return new Failure(cause, again);
  }

  /** Waits between two runs: {@return whether it is to go on} */
  private boolean waitFor(Duration delay) {
    var isTime = new CompletableFuture<Void>();
    var timer = timers.schedule(delay, () -> isTime.complete(null));
    CompletableFuture.anyOf(isTime, stopAsked).join();
    timer.cancel();
    return !isStopAsked();
  }

  // ── the end, in time ──

  /** A run of this start is to stop. */
  void stopping(LocalIntake<T> run) {
    if (run.equals(current)) {
      watch(run);
    }
  }

  /** A run is to stop, or the whole with a null one: sees to it that this comes to an end. */
  void watch(@Nullable LocalIntake<T> run) {
    synchronized (this) {
      if (hasEnded.get()) {
        return;
      }
      if (watch != null) {
        watch.cancel();
      }
      watch = timers.schedule(config.grace(), () -> Thread.startVirtualThread(() -> press(run)));
    }
  }

  private void press(@Nullable LocalIntake<T> run) {
    if (run != null) {
      run.abandon();
    }
    synchronized (this) {
      if (hasEnded.get() || run != current) {
        return;
      }
      watch = timers.schedule(LAST, () -> Thread.startVirtualThread(() -> giveUp(run)));
    }
  }

  private synchronized void unwatch() {
    if (watch != null) {
      watch.cancel();
      watch = null;
    }
  }

  /** Ends it though its thread goes on, which nothing can change. */
  private void giveUp(@Nullable LocalIntake<T> run) {
    if (hasEnded.get() || run != current) {
      return;
    }
    isGivenUp = true;
    stopAsked.complete(null);
    var stuck =
        new IllegalStateException(
            "a kind must return when its thread is interrupted: source=\"%s\" waited=%s"
                .formatted(config.name(), config.grace().plus(LAST)));
    stuck.setStackTrace(thread.getStackTrace());
    LOG.log(
        Level.ERROR, "source \"" + config.name() + "\" is given up, but its thread runs", stuck);
    end(new End(SourceState.FAILED, "it does not stop: " + stuck.getMessage(), stuck));
    thread.interrupt(); // it may be in what is not the kind's
  }

  /** Ends it; the first one says how. */
  private void end(End end) {
    synchronized (this) {
      if (!hasEnded.compareAndSet(false, true)) {
        return;
      }
      unwatch();
    }
    Runnable tell = source.ended(this, end);
    SharedTimers.release(config.clock());
    teller = Thread.currentThread();
    try {
      tell.run();
    } finally {
      over.countDown();
    }
  }
}
