package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One run of a source: from a start or restart to its end. */
final class LocalIntake<T> implements Intake<T> {
  /*
   * stop() marks the run as stopping, closes the room, runs what onStop left, and interrupts the
   * thread of the kind, but not while that is in the outlet: what is under way may be handled for
   * the time of grace. So the thread enters and leaves the outlet under the monitor, and who finds
   * it inside leaves the interrupt to it. abandon() comes after the grace, and interrupts all.
   *
   * An item that fails where the policy is to stop ends the run in the same way, with its failure
   * as that of the run. What is answered after the run has ended changes counts and nothing else:
   * the next run has a track of positions of its own.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final LocalSource<T> source;
  private final Outlet<? super T> outlet;
  private final Origin origin;
  private final Pump<T> pump;
  private final PositionTrack track = new PositionTrack();
  private final @Nullable String position;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private volatile boolean stopping;

  // guarded by this
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final Map<Passage<T>, Runnable> abandoning = new HashMap<>();
  private @Nullable Thread thread; // while the kind runs
  private boolean isInOutlet;
  private boolean isAbandoned;
  private final List<AutoCloseable> ending = new ArrayList<>();
  private boolean isOver;
  private @Nullable Throwable failure;

  LocalIntake(LocalSource<T> source, Outlet<? super T> outlet, @Nullable String position) {
    this.source = source;
    this.outlet = outlet;
    this.position = position;
    this.origin = new Origin(source.name(), source.kind(), null, null, null);
    this.pump = new Pump<>(this, source.config().window());
  }

  static InterruptedException stopped() {
    return new InterruptedException("the source was stopped");
  }

  // ── for the kind ──

  @Override
  public SourceConfig config() {
    return source.config();
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Item<T> item(T payload) {
    return new Item<>(payload, origin, Map.of(), null, null);
  }

  @Override
  public Optional<String> position() {
    return Optional.ofNullable(position);
  }

  @Override
  public void ready() {
    source.connected(this, null);
  }

  @Override
  public void ready(SocketAddress address) {
    source.connected(this, Objects.requireNonNull(address, "address"));
  }

  @Override
  public void emit(Item<T> item) throws InterruptedException {
    emit(item, SettledListener.NONE);
  }

  @Override
  public void emit(Item<T> item, SettledListener settled) throws InterruptedException {
    check(item);
    if (stopping || !source.room().take()) {
      throw stopped();
    }
    Passage<T> passage = passage(item, settled);
    if (Thread.currentThread().equals(thread())) {
      enterOutlet();
      try {
        give(passage);
      } finally {
        leaveOutlet();
      }
    } else if (outlet.mayWait()) {
      pump.put(passage);
    } else {
      give(passage);
    }
  }

  @Override
  public boolean offer(Item<T> item, SettledListener settled) {
    check(item);
    if (stopping || !source.room().tryTake()) {
      return false;
    }
    Passage<T> passage = passage(item, settled);
    if (outlet.mayWait()) {
      pump.put(passage);
    } else {
      try {
        give(passage);
      } catch (InterruptedException e) { // the passage was told
        Thread.currentThread().interrupt();
      }
    }
    return true;
  }

  private static void check(Item<?> item) {
    if (item.position() != null) {
      PositionKeeper.check(item.position());
    }
  }

  private Passage<T> passage(Item<T> item, SettledListener settled) {
    source.taken(this, item);
    PositionTrack.Place place = item.position() == null ? null : track.add(item.position());
    return new Passage<>(this, item, settled, place);
  }

  @Override
  public boolean hasRoom() {
    return !stopping && source.room().hasRoom();
  }

  @Override
  public void onRoom(Runnable action) {
    source.room().onRoom(action);
  }

  @Override
  public void refuse(String rule, String what) {
    source.refusals().add(rule, what);
  }

  @Override
  public boolean isStopping() {
    return stopping;
  }

  @Override
  public void onStop(AutoCloseable action) {
    synchronized (this) {
      if (!stopping) {
        closing.add(action);
        return;
      }
    }
    close(action);
  }

  @Override
  public void onEnd(AutoCloseable action) {
    synchronized (this) {
      if (!isOver) {
        ending.add(action);
        return;
      }
    }
    close(action);
  }

  @Override
  public void awaitStop() throws InterruptedException {
    stopped.await();
    throw stopped();
  }

  // ── through the outlet ──

  /** Gives an item to the outlet. */
  void give(Passage<T> passage) throws InterruptedException {
    try {
      accept(outlet, passage);
    } catch (InterruptedException e) {
      passage.failed(e);
      throw e;
    } catch (RuntimeException e) {
      passage.failed(e);
    } catch (Error e) {
      passage.failed(e);
      throw e;
    }
  }

  /* An item of a T is one of what T extends too, as both are only read. */
  @SuppressWarnings("unchecked")
  private static <A> void accept(Outlet<A> outlet, Passage<? extends A> passage)
      throws InterruptedException {
    outlet.accept((Item<A>) passage.item, passage);
  }

  /** An attempt has been answered: tries again, or is done with the item. */
  void settle(Passage<T> passage, @Nullable Throwable cause) {
    synchronized (this) {
      if (!abandoning.isEmpty()) {
        abandoning.remove(passage);
      }
    }
    OnItemFailure policy = config().onItemFailure();
    if (cause != null && policy.retry() != null && isItsOwn(cause) && retries(passage, cause)) {
      return;
    }
    boolean isPassed = cause == null || (!policy.stops() && isItsOwn(cause));
    if (cause != null) {
      source.failed(passage.item, cause, isPassed);
      if (!isPassed && !stopping) {
        stop(cause);
      }
    }
    if (isPassed && passage.place != null) {
      moveOn(passage.place);
    }
    source.settled(cause == null);
    tell(passage.settled, cause);
  }

  /** {@return whether an item failed for itself, and not because the source or the bus ends} */
  private boolean isItsOwn(Throwable cause) {
    return !(cause instanceof OutletClosedException)
        && !(stopping && cause instanceof InterruptedException);
  }

  private boolean retries(Passage<T> passage, Throwable cause) {
    long now = config().clock().nanos();
    long began = passage.attempt == 1 ? now : passage.began;
    return source.again(
        Objects.requireNonNull(config().onItemFailure().retry(), "retry"),
        passage.attempt,
        cause,
        now - began,
        () -> pump.put(passage.again(began)));
  }

  private void moveOn(PositionTrack.Place place) {
    String reached = track.done(place);
    if (reached != null && source.isCurrent(this)) {
      try {
        source.moveTo(reached);
      } catch (RuntimeException e) { // it is to be saved at once, and cannot
        stop(e);
      }
    }
  }

  private static void tell(SettledListener listener, @Nullable Throwable cause) {
    try {
      listener.settled(cause);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a listener of settled items must not throw", e);
    }
  }

  /** Has an action run if the source does not wait for an item any longer. */
  void onAbandoned(Passage<T> passage, Runnable action) {
    synchronized (this) {
      if (!isAbandoned) {
        abandoning.put(passage, action);
        if (passage.isAnswered()) {
          abandoning.remove(passage);
        }
        return;
      }
    }
    run(action);
  }

  // ── the thread of the kind ──

  /** Runs the kind: {@return how it failed, null if it has nothing more or was stopped} */
  @Nullable Throwable run(SourceKind<T> kind) {
    synchronized (this) {
      thread = Thread.currentThread();
    }
    Throwable thrown = null;
    try {
      kind.run(this);
    } catch (Throwable e) {
      thrown = e;
    }
    List<AutoCloseable> left;
    synchronized (this) {
      thread = null;
      left = List.copyOf(closing);
      closing.clear();
      Thread.interrupted(); // nobody interrupts it from here on, and the next run begins afresh
      if (failure != null) {
        thrown = failure;
      } else if (stopping) {
        thrown = thrown instanceof InterruptedException ? null : thrown;
      }
    }
    if (thrown instanceof InterruptedException && !stopping) {
      thrown = new IllegalStateException("interrupted, but not stopped", thrown);
    }
    if (thrown != null) {
      left.forEach(LocalIntake::close);
    }
    return thrown;
  }

  /** {@return how an item failed this run, if one did} */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  private synchronized @Nullable Thread thread() {
    return thread;
  }

  private synchronized void enterOutlet() {
    isInOutlet = true;
  }

  private synchronized void leaveOutlet() {
    isInOutlet = false;
    if (stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * {@return whether the calling thread is in the outlet, so that waiting for it would be in vain}
   */
  boolean isOwnThread() {
    return Thread.currentThread().equals(thread()) || pump.isThis();
  }

  // ── stopping ──

  /** Ends this run, for a failure or because it is asked to: a null cause. Idempotent. */
  void stop(@Nullable Throwable cause) {
    List<AutoCloseable> actions;
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
      failure = cause;
      actions = List.copyOf(closing);
      closing.clear();
    }
    stopped.countDown();
    source.room().close();
    actions.forEach(LocalIntake::close);
    synchronized (this) {
      if (thread != null && !isInOutlet) {
        thread.interrupt();
      }
    }
  }

  /** Does not wait any longer for what is under way. */
  void abandon() {
    List<Runnable> actions;
    synchronized (this) {
      stopping = true;
      isAbandoned = true;
      actions = List.copyOf(abandoning.values());
      abandoning.clear();
      if (thread != null) {
        thread.interrupt();
      }
    }
    pump.end();
    actions.forEach(LocalIntake::run);
  }

  /** Closes what the kind has kept open for what was under way. */
  void end() {
    List<AutoCloseable> actions;
    synchronized (this) {
      isOver = true;
      actions = List.copyOf(ending);
      ending.clear();
    }
    actions.forEach(LocalIntake::close);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "what is told that an item is abandoned must not throw", e);
    }
  }

  private static void close(AutoCloseable action) {
    try {
      action.close();
    } catch (Exception e) {
      LOG.log(Level.WARNING, "what a source closes when it stops failed", e);
    }
  }
}
