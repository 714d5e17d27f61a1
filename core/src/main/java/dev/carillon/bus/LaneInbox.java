package dev.carillon.bus;

import dev.carillon.event.PoisonedException;
import dev.carillon.event.SystemClosedException;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.LaneConfig;
import dev.carillon.schedule.LaneHandler;
import dev.carillon.schedule.LaneStats;
import dev.carillon.schedule.Offer;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;

/** Messages wait in a lane of the scheduler, whose turn handles them or hands them on. */
final class LaneInbox<T> implements Inbox<T> {
  private static final String CLOSED = "the subscription was closed";

  private final LocalSubscription<T> subscription;
  private final SubscriptionOptions<T> options;
  private final Fan<T> fan;
  private final Lane<Leg<T>> lane;

  LaneInbox(LocalSubscription<T> subscription, Scheduler scheduler) {
    this.subscription = subscription;
    this.options = subscription.options();
    this.fan = Fan.of(subscription, scheduler);
    this.lane = scheduler.lane(this::configure, LaneHandler.each(fan::handle));
  }

  private LaneConfig<Leg<T>> configure(LaneConfig<Leg<T>> defaults) {
    LaneConfig<Leg<T>> config =
        defaults
            .named(subscription.name())
            .withCapacity(Math.max(2, options.capacity()))
            .band(options.band())
            .on(fan.handlesHere() ? options.placement() : Placement.BLOCKING)
            .batches(1, Duration.ZERO);
    Duration deadline = options.deadline();
    return deadline == null ? config : config.deadline(leg -> deadline);
  }

  @Override
  public void accept(Leg<T> leg) {
    switch (lane.offer(leg)) {
      case ACCEPTED -> {}
      case CLOSED -> subscription.drop(leg, CLOSED);
      case FULL -> overflow(leg);
    }
  }

  private void overflow(Leg<T> leg) {
    switch (options.overflow()) {
      case BLOCK -> put(leg);
      case REJECT -> subscription.refuse(leg, full(), true);
      case DROP_NEWEST, DROP_OLDEST, LATEST -> subscription.drop(leg, full());
    }
  }

  private String full() {
    return "no more messages than its capacity may wait: capacity=" + options.capacity();
  }

  private void put(Leg<T> leg) {
    try {
      if (lane.put(leg) == Offer.CLOSED) {
        subscription.drop(leg, CLOSED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      subscription.refuse(leg, "the publisher was interrupted while it waited for room", true);
    }
  }

  @Override
  public void pause() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void resume() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isPaused() {
    return false;
  }

  @Override
  public int queued() {
    return lane.stats().queued();
  }

  @Override
  public void close() {
    lane.close();
  }

  @Override
  public boolean isDrained() {
    LaneStats stats = lane.stats();
    return stats.accepted() == stats.handled() && fan.isIdle();
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    try {
      return lane.handled().await(timeout)
          && fan.await(timeout.minusNanos(System.nanoTime() - start));
    } catch (PoisonedException | SystemClosedException e) { // the scheduler was closed before
      return true;
    }
  }
}
