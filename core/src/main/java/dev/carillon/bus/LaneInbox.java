package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.SystemClosedException;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneListener;
import dev.carillon.schedule.LaneOverflow;
import dev.carillon.schedule.LaneStats;
import dev.carillon.schedule.Offer;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Messages wait in a lane of the scheduler, whose turn handles them or hands them on. */
final class LaneInbox<T> implements Inbox<T> {
  private static final String CLOSED = "the subscription was closed";

  private final LocalSubscription<T> subscription;
  private final SubscriptionOptions<T> options;
  private final Calls<T> calls;
  private final Scheduler scheduler;
  private final Fullness fullness;
  private final Fan<T> fan;
  private final Lane<Leg<T>> lane;
  private final @Nullable Spill<T> spill; // behind the lane, if it has one

  LaneInbox(LocalSubscription<T> subscription, Scheduler scheduler) {
    this.subscription = subscription;
    this.options = subscription.options();
    this.calls = subscription.calls();
    this.scheduler = scheduler;
    this.fullness = new Fullness(subscription, scheduler.events().config().clock());
    this.fan = Fan.of(subscription, scheduler);
    this.lane = scheduler.lane(this::configure, this::handle);
    try {
      this.spill = Spill.open(subscription, scheduler, lane);
    } catch (RuntimeException | Error e) {
      lane.close();
      throw e;
    }
  }

  private void handle(List<Leg<T>> batch) {
    if (spill != null) {
      spill.leftLane();
    }
    fan.handle(batch);
  }

  private LaneConfig<Leg<T>> configure(LaneConfig<Leg<T>> defaults) {
    LaneConfig<Leg<T>> config =
        defaults
            .named(subscription.name())
            .withCapacity(capacity())
            .withOverflow(dropping())
            .withListener(new Told())
            .band(options.band())
            .on(fan.handlesHere() ? options.placement() : Placement.BLOCKING)
            .batches(Math.max(1, options.batchCount()), options.linger());
    Duration deadline = options.deadline();
    config = deadline == null ? config : config.deadline(leg -> deadline);
    Duration timeout = options.timeout();
    return timeout == null || !fan.handlesInTurn() ? config : config.withTimeout(timeout);
  }

  private int capacity() {
    boolean isExact = !(dropping() instanceof LaneOverflow.Refuse<Leg<T>>);
    return isExact ? options.capacity() : Math.max(2, options.capacity());
  }

  private LaneOverflow<Leg<T>> dropping() {
    var conflation = options.conflation();
    if (conflation != null) {
      return LaneOverflow.latest(leg -> conflation.apply(leg.message));
    }
    return options.whenFull() == WhenFull.DROP_OLDEST
        ? LaneOverflow.dropOldest()
        : LaneOverflow.refuse();
  }

  /** Settles what the lane does not hand on, or not in time. */
  private final class Told implements LaneListener<Leg<T>> {
    @Override
    public void dropped(Leg<T> leg) {
      fullness.note(leg.message);
      calls.drop(leg, full());
    }

    @Override
    public void discarded(Leg<T> leg) {
      calls.drop(leg, "the scheduler was closed");
    }

    @Override
    public void overdue(List<Leg<T>> legs) {
      legs.forEach(leg -> leg.overdue = true);
    }

    @Override
    public void timedOut(List<Leg<T>> legs) {
      legs.forEach(leg -> calls.timeOut(leg, limit()));
    }

    @Override
    public void abandoned(List<Leg<T>> legs) {
      calls.abandon(legs, limit());
    }

    private Duration limit() {
      return Objects.requireNonNull(options.timeout(), "only a lane with a timeout tells of one");
    }
  }

  @Override
  public void accept(Leg<T> leg) {
    if (spill != null && spill.isAhead() && !(leg.message.payload() instanceof BusNotice)) {
      spill.add(leg);
      return;
    }
    Offer offered;
    try {
      offered = lane.offer(leg);
    } catch (RuntimeException | Error e) { // of the user's key: it must not reach the publisher
      calls.fail(leg, e);
      return;
    }
    switch (offered) {
      case ACCEPTED -> subscription.bus().stalls().arm();
      case CLOSED -> calls.drop(leg, CLOSED);
      case FULL -> overflow(leg);
    }
  }

  private void overflow(Leg<T> leg) {
    if (leg.isFromHistory) { // the replay waits instead of losing some of it
      put(leg);
      return;
    }
    fullness.note(leg.message);
    switch (whenFull(leg.message.payload())) {
      case BLOCK -> put(leg);
      case REJECT -> calls.refuse(leg, full(), true);
      case SPILL -> Objects.requireNonNull(spill, "spill").add(leg);
      case DROP_NEWEST, DROP_OLDEST, LATEST -> calls.drop(leg, full());
    }
  }

  /** {@return what the options say; but what the bus itself tells waits for nobody} */
  private WhenFull whenFull(Object payload) {
    boolean isLetter = payload instanceof DeadLetter && options.whenFull() == WhenFull.BLOCK;
    return isLetter || payload instanceof BusNotice ? WhenFull.DROP_NEWEST : options.whenFull();
  }

  private String full() {
    return "no more messages than its capacity may wait: capacity=" + options.capacity();
  }

  private void put(Leg<T> leg) {
    try {
      switch (putInTime(leg)) {
        case ACCEPTED -> subscription.bus().stalls().arm();
        case CLOSED -> calls.drop(leg, CLOSED);
        case FULL -> calls.refuse(leg, full() + ", blockAtMost=" + options.blockAtMost(), true);
      }
    } catch (SystemClosedException e) { // as the bus closes, there is nothing left to wait with
      calls.drop(leg, CLOSED);
    } catch (PoisonedException e) { // room may never come
      calls.refuse(leg, e.poison().message(), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      calls.refuse(leg, "the publisher was interrupted while it waited for room", true);
    }
  }

  /** Waits for room: {@return FULL if there was none in time} */
  private Offer putInTime(Leg<T> leg) throws InterruptedException {
    Clock clock = scheduler.events().config().clock();
    long start = clock.nanos();
    Duration most = leg.isFromHistory ? null : options.blockAtMost();
    Offer offered = lane.offer(leg);
    while (offered == Offer.FULL) {
      Event change = lane.room();
      offered = lane.offer(leg);
      Duration left = most == null ? null : most.minusNanos(clock.nanos() - start);
      if (offered == Offer.FULL && !awaitRoom(change, left)) {
        return lane.offer(leg);
      }
    }
    return offered;
  }

  private boolean awaitRoom(Event change, @Nullable Duration left) throws InterruptedException {
    if (left != null && !left.isPositive()) {
      return false;
    }
    if (Handling.current() != null) { // who may be what the room has to wait for
      Waits waits = subscription.bus().publishing().waits();
      return waits.await(change, new Waits.Room(subscription), left);
    }
    if (left == null) {
      change.await();
      return true;
    }
    return change.await(left);
  }

  @Override
  public void pause() {
    lane.pause();
  }

  @Override
  public void resume() {
    lane.resume();
  }

  @Override
  public boolean isPaused() {
    return lane.isPaused();
  }

  @Override
  public boolean isBehindRefused() {
    return spill != null && spill.hasRefused();
  }

  @Override
  public int queued() {
    int waiting = spill == null ? 0 : spill.size();
    return (int) Math.min(Integer.MAX_VALUE, (long) lane.queued() + waiting);
  }

  @Override
  public void start() {
    if (spill != null) {
      spill.start();
    }
  }

  @Override
  public void close() {
    lane.close();
    if (spill != null) {
      spill.close();
    }
  }

  @Override
  public void leave() {
    if (spill != null) {
      spill.finish();
    }
  }

  @Override
  public boolean isDrained() {
    LaneStats stats = lane.stats();
    long gone = stats.handled() + stats.dropped() + stats.discarded();
    return stats.accepted() == gone && fan.isIdle() && (spill == null || spill.isFinished());
  }

  @Override
  public void whenDrained(Runnable action) {
    Event handled;
    try {
      handled = lane.handled();
    } catch (SystemClosedException e) { // the scheduler was closed before
      action.run();
      return;
    }
    handled.whenComplete(_ -> action.run());
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    try {
      return lane.handled().await(timeout)
          && fan.await(timeout.minusNanos(System.nanoTime() - start))
          && (spill == null || spill.await(timeout.minusNanos(System.nanoTime() - start)));
    } catch (PoisonedException | SystemClosedException e) { // the scheduler was closed before
      return true;
    }
  }
}
