package dev.carillon.source;

import dev.carillon.schedule.Retry;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a source: from a start or restart to its end. */
final class LocalIntake<T> implements Intake<T> {
  /*
   * stop() marks the run as stopping, closes the room, runs what onStop left on a thread of its own,
   * and interrupts the thread of the kind, but not while that is in the outlet: what is under way may
   * be handled for the time of grace. The thread says that it is in the outlet before it looks
   * whether it is to stop, and who stops it says so before it looks where the thread is (volatile):
   * so nothing is begun that would be interrupted, and who finds the thread inside leaves the
   * interrupt to it.
   *
   * abandon() comes after the grace: it interrupts all, and fails what is not answered. For that
   * each item is noted in `open` that an outlet may keep: before it is given to one that may wait,
   * and after, if it was not answered by then, to one that does not. From then on only who abandons
   * an item takes it out of `open`: failing it settles it, which must not throw away an action that
   * the outlet has put there in between.
   *
   * The lock `giving` is what makes the outlet be called for one item after another, by whichever
   * thread. Users' code runs under it: the outlet, and if that answers before it returns, listeners
   * of settled items and the action for when there is room. They cannot be put off until the lock is
   * free, as a handler that puts something in itself may wait for the place that one gives back. So
   * they are forbidden to wait; stopping does not take the lock.
   *
   * The thread of the kind gives its items itself, which saves handing them over, but not while
   * others wait in the pump that it may have offered before.
   *
   * An item that fails where the policy is to stop ends the run in the same way, with its failure
   * as that of the run. What is answered after the run has ended changes counts and nothing else:
   * the next run has a room and a track of positions of its own.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final LocalSource<T> source;
  private final Running<T> start;
  private final Outlet<? super T> outlet;
  private final boolean mayWait;
  private final Timers timers;
  private final Origin origin;
  private final Room room;
  private final PositionTrack track;
  private final Pump<T> pump = new Pump<>(this);
  private final IdleWatch idle;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ReentrantLock giving = new ReentrantLock();
  private final Map<Passage<T>, Runnable> open = new ConcurrentHashMap<>(); // what abandons each

  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile boolean isInOutlet; // written by the thread of the kind alone
  private volatile boolean hasSettled; // some item was taken care of
  private volatile boolean hasConnected; // after connectedAt
  private long connectedAt;
  private volatile @Nullable Thread thread; // while the kind runs; changed under the monitor

  // guarded by this
  private final List<AutoCloseable> closing = new ArrayList<>();
  private @Nullable Thread closer; // runs those, once it is being stopped
  private final List<AutoCloseable> ending = new ArrayList<>();
  private boolean isOver;
  private @Nullable Throwable failure;

  LocalIntake(LocalSource<T> source, Running<T> start, Outlet<? super T> outlet, Timers timers) {
    this.source = source;
    this.start = start;
    this.outlet = outlet;
    this.mayWait = outlet.mayWait();
    this.timers = timers;
    this.origin = new Origin(source.name(), source.kind(), null, null, null);
    this.room = source.newRoom(timers);
    this.track = new PositionTrack(source.keeper());
    this.idle =
        new IdleWatch(
            timers,
            config().idleAfter(),
            source::takenSoFar,
            before -> source.nothingCame(this, before));
  }

  static InterruptedException stopped() {
    return new InterruptedException("the source was stopped");
  }

  Room room() {
    return room;
  }

  IdleWatch idle() {
    return idle;
  }

  boolean hasSettled() {
    return hasSettled;
  }

  /** Notes that it is connected, for the first time. */
  void connected() {
    connectedAt = config().clock().nanos();
    hasConnected = true;
  }

  boolean wasConnectedFor(Duration time) {
    return hasConnected && config().clock().nanos() - connectedAt >= time.toNanos();
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
    return source.position();
  }

  @Override
  public <S> S kept(Class<S> type, Supplier<? extends S> fresh) {
    return type.cast(source.kept(fresh));
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
    if (!room.take()) {
      throw stopped();
    }
    if (!hand(item, settled, !mayWait || (isThread() && pump.isEmpty()))) {
      throw stopped();
    }
  }

  @Override
  public boolean offer(Item<T> item, SettledListener settled) {
    check(item);
    Objects.requireNonNull(settled, "settled");
    return room.tryTake() && hand(item, settled, !mayWait);
  }

  /** Brings an item to the outlet that has its place: {@return false if the source is stopped} */
  private boolean hand(Item<T> item, SettledListener settled, boolean here) {
    if (!here) {
      pump.put(passage(item, settled));
    } else if (!isThread()) {
      give(passage(item, settled));
    } else {
      boolean wasInOutlet = isInOutlet; // if a handler puts something in
      isInOutlet = true;
      try {
        if (stopping) {
          room.giveBack();
          return false;
        }
        give(passage(item, settled));
      } finally {
        leaveOutlet(wasInOutlet);
      }
    }
    return true;
  }

  private void leaveOutlet(boolean isNested) {
    if (isNested) {
      return;
    }
    Thread.interrupted(); // a handler may have left it; who stops us does not yet, but below
    isInOutlet = false;
    if (stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isThread() {
    return Thread.currentThread().equals(thread);
  }

  private static void check(Item<?> item) {
    if (item.position() != null) {
      PositionKeeper.check(item.position());
    }
  }

  private Passage<T> passage(Item<T> item, SettledListener settled) {
    PositionTrack.Place place = item.position() == null ? null : track.add(item.position());
    long began = config().onItemFailure().retry() == null ? 0 : config().clock().nanos();
    var passage = new Passage<>(this, item, settled, place, began);
    if (mayWait) {
      note(passage, LocalIntake::nothing);
    }
    source.taken(this, item);
    return passage;
  }

  @Override
  public boolean hasRoom() {
    return room.hasRoom();
  }

  @Override
  public void onRoom(Runnable action) {
    room.onRoom(Objects.requireNonNull(action, "action"));
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
    Objects.requireNonNull(action, "action");
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
    Objects.requireNonNull(action, "action");
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

  /** Gives an item to the outlet, after those that are being given. */
  void give(Passage<T> passage) {
    giving.lock();
    try {
      if (abandoned) {
        passage.failed(stopped());
        return;
      }
      accept(outlet, passage);
    } catch (Throwable e) { // an Error becomes that of the source
      passage.failed(e);
    } finally {
      giving.unlock();
    }
    if (!mayWait && !passage.isAnswered()) {
      note(passage, LocalIntake::nothing);
    }
  }

  /* An item of a T is one of what T extends too, as both are only read. */
  @SuppressWarnings("unchecked")
  private static <A> void accept(Outlet<A> outlet, Passage<? extends A> passage)
      throws InterruptedException {
    outlet.accept((Item<A>) passage.item, passage);
  }

  /**
   * Notes what is to be failed if it is abandoned, unless it is answered, or that is so already.
   */
  private void note(Passage<T> passage, Runnable action) {
    open.putIfAbsent(passage, action);
    if (passage.isAnswered()) {
      open.remove(passage);
    } else if (abandoned) {
      abandon(passage);
    }
  }

  /** Has an action run if the source does not wait for an item any longer. */
  void onAbandoned(Passage<T> passage, Runnable action) {
    open.put(passage, action);
    if (abandoned) { // even if it was answered by that
      abandon(passage);
    } else if (passage.isAnswered()) {
      open.remove(passage);
    }
  }

  private static void nothing() {}

  private void abandon(Passage<T> passage) {
    Runnable action = open.remove(passage);
    if (action == null) {
      return; // another thread does
    }
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "what is told that an item is abandoned must not throw", e);
    }
    passage.failed(stopped());
  }

  /** An attempt has been answered: tries again, or is done with the item. */
  void settle(Passage<T> passage, @Nullable Throwable cause) {
    if (!abandoned && !open.isEmpty()) { // else who abandons it does, and runs what is said now
      open.remove(passage);
    }
    if (cause != null && isItsOwn(cause) && retries(passage, cause)) {
      return;
    }
    boolean isPassed = cause == null || (!config().onItemFailure().stops() && isItsOwn(cause));
    if (cause == null) {
      hasSettled = true;
    } else {
      source.failed(passage.item, cause, isPassed);
    }
    if (cause != null && !isPassed) {
      stop(cause);
    }
    if (isPassed && passage.place != null) {
      moveOn(passage.place);
    }
    source.settled(cause == null);
    try {
      tell(passage.settled, cause); // before the run can end, which waits for the place
    } finally {
      room.giveBack();
    }
  }

  /** {@return whether an item failed for itself, and not because the source or the bus ends} */
  private boolean isItsOwn(Throwable cause) {
    return !(cause instanceof OutletClosedException)
        && !(cause instanceof Error)
        && !abandoned // it may say otherwise how it was interrupted
        && !(stopping && cause instanceof InterruptedException);
  }

  /** {@return whether an item is tried again after a delay} */
  private boolean retries(Passage<T> passage, Throwable cause) {
    Retry retry = config().onItemFailure().retry();
    if (retry == null || abandoned) {
      return false;
    }
    var next = passage.again();
    try {
      Duration since = Duration.ofNanos(config().clock().nanos() - passage.began);
      Optional<Duration> delay = retry.nextDelay(passage.attempt, cause, since, Duration.ZERO);
      if (delay.isEmpty()) {
        return false;
      }
      Timer timer = timers.schedule(delay.get(), () -> pump.put(next));
      source.retried();
      note(next, timer::cancel);
      return true;
    } catch (RuntimeException e) { // of the policy, or it is being stopped
      LOG.log(Level.DEBUG, "an item is not tried again", e);
      return false;
    }
  }

  private void moveOn(PositionTrack.Place place) {
    if (track.done(place)) {
      try {
        source.keeper().saveInTime(timers);
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

  // ── the thread of the kind ──

  /** Runs the kind: {@return how it failed, null if it has nothing more or was stopped} */
  @Nullable Throwable run(SourceKind<T> kind) {
    synchronized (this) {
      if (stopping) { // before there was a thread to interrupt
        return failure;
      }
      thread = Thread.currentThread();
    }
    Throwable thrown = null;
    try {
      kind.run(this);
    } catch (Throwable e) {
      thrown = e;
    }
    List<AutoCloseable> left;
    boolean wasStopped;
    synchronized (this) {
      thread = null;
      left = List.copyOf(closing);
      closing.clear();
      Thread.interrupted(); // nobody interrupts it from here on, and the next run begins afresh
      wasStopped = stopping;
      if (failure != null) {
        thrown = failure;
      }
    }
    if (thrown instanceof InterruptedException interrupt) {
      thrown = wasStopped ? null : new IllegalStateException("interrupted, not stopped", interrupt);
    }
    if (thrown != null) {
      left.forEach(LocalIntake::close);
    }
    return thrown;
  }

  /**
   * {@return whether the calling thread is in the outlet, so that waiting for it would be in vain}
   */
  boolean isOwnThread() {
    return isThread() || giving.isHeldByCurrentThread() || pump.isThis();
  }

  // ── stopping ──

  /** Ends this run, for a failure or because it is asked to: a null cause. Idempotent. */
  void stop(@Nullable Throwable cause) {
    List<AutoCloseable> actions;
    synchronized (this) {
      if (stopping) {
        return;
      }
      failure = cause;
      stopping = true;
      actions = List.copyOf(closing);
      closing.clear();
      if (!actions.isEmpty()) {
        closer =
            Thread.ofVirtual()
                .name("carillon-source-" + source.name() + "-closes")
                .start(() -> closeAll(actions));
      }
    }
    room.close();
    stopped.countDown();
    start.stopping(this);
    if (actions.isEmpty()) {
      interrupt();
    }
  }

  private void closeAll(List<AutoCloseable> actions) {
    actions.forEach(LocalIntake::close);
    interrupt();
  }

  /** Interrupts the thread of the kind, or leaves that to it if it is in the outlet. */
  private synchronized void interrupt() {
    if (thread != null && !isInOutlet) {
      thread.interrupt();
    }
  }

  /** {@return why it ended, if it was stopped for a failure} */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** Does not wait any longer for what is under way. Idempotent. */
  void abandon() {
    stop(null);
    synchronized (this) {
      abandoned = true;
      if (thread != null) {
        thread.interrupt();
      }
      if (closer != null) {
        closer.interrupt();
      }
    }
    pump.end();
    open.keySet().forEach(this::abandon);
    room.wakeAll();
  }

  /** Ends it, after the kind has returned. */
  void end() throws InterruptedException {
    abandon();
    idle.end();
    track.end();
    Thread closing;
    synchronized (this) {
      closing = closer;
    }
    try {
      if (closing != null) {
        closing.join(); // or those below, and the next run, may find open what this one is closing
      }
    } finally {
      List<AutoCloseable> last;
      synchronized (this) {
        isOver = true;
        last = List.copyOf(ending);
        ending.clear();
      }
      last.forEach(LocalIntake::close);
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
