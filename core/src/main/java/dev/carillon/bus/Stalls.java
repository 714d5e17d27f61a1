package dev.carillon.bus;

import dev.carillon.event.SystemClosedException;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks for subscriptions at which messages wait and none is finished. */
final class Stalls {
  /*
   * Whoever lets a message wait arms the watch, if it is not armed: so a bus at which nothing waits
   * wakes nobody. Armed, it looks at all subscriptions four times within the time after which one
   * counts as stalled, and disarms itself when it has found none with something to do. Then it looks
   * once more, since a message may have come between; whoever let that wait found it armed.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int LOOKS = 4;

  /** What the watch knows of a subscription; only the watch writes it. */
  static final class Progress {
    private long finished = -1;
    private long since;
    private volatile boolean stalled;

    boolean isStalled() {
      return stalled;
    }
  }

  private final Collection<LocalSubscription<?>> subscriptions;
  private final Scheduler scheduler;
  private final Notices notices;
  private final BusExplainer explainer;
  private final Clock clock;
  private final Duration after;
  private final AtomicBoolean armed = new AtomicBoolean();
  private volatile boolean looking; // written by the timer, then by the watch

  /**
   * @param subscriptions those of the bus, as they are at any time
   */
  Stalls(
      Collection<LocalSubscription<?>> subscriptions,
      Scheduler scheduler,
      Notices notices,
      BusExplainer explainer,
      Duration after) {
    this.subscriptions = subscriptions;
    this.scheduler = scheduler;
    this.notices = notices;
    this.explainer = explainer;
    this.clock = scheduler.events().config().clock();
    this.after = after;
  }

  /** A message waits somewhere. */
  void arm() {
    if (!armed.get() && armed.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    try {
      scheduler
          .events()
          .after(after.dividedBy(LOOKS))
          .whenComplete(poison -> {
            if (poison == null) {
              startLook();
            }
          });
    } catch (SystemClosedException
        | IllegalStateException e) { // closed: nothing is handled any more
      LOG.log(Level.DEBUG, "no more looks for stalls", e);
    }
  }

  /**
   * On the thread of the timers, which must not wait: not even for a place at a scheduler that is
   * full, which is when there is most to be seen.
   */
  private void startLook() {
    looking = true;
    Thread.ofVirtual().name("stall watch").start(this::look);
  }

  /** {@return whether a look is under way} */
  boolean isLooking() {
    return looking;
  }

  private void look() {
    try {
      if (lookAtAll()) {
        lookLater();
        return;
      }
      armed.set(false);
      if (subscriptions.stream().anyMatch(LocalSubscription::isBusy)) {
        arm();
      }
    } finally {
      looking = false;
    }
  }

  /** {@return whether there is one with something to do} */
  private boolean lookAtAll() {
    long now = clock.nanos();
    boolean isAnyBusy = false;
    for (LocalSubscription<?> each : subscriptions) {
      boolean isBusy = each.isBusy();
      isAnyBusy |= isBusy;
      Progress known = each.progress();
      if (isBusy && (known != null || each.queued() > 0)) {
        lookAt(each, known == null ? each.newProgress() : known, now);
      } else if (known != null) {
        recover(each, known);
        known.finished = -1;
      }
    }
    return isAnyBusy;
  }

  private void lookAt(LocalSubscription<?> subscription, Progress known, long now) {
    long finished = subscription.counts().finished();
    boolean isHeld = subscription.isPaused() || subscription.calls().isDisabled();
    if (finished != known.finished || isHeld || subscription.queued() == 0) {
      known.finished = finished;
      known.since = now;
      recover(subscription, known);
    } else if (now - known.since >= after.toNanos() && !known.stalled) {
      known.stalled = true;
      Duration time = Duration.ofNanos(now - known.since);
      notices.stalled(subscription, time, explainer.handling(subscription));
    }
  }

  private void recover(LocalSubscription<?> subscription, Progress known) {
    if (known.stalled) {
      known.stalled = false;
      notices.tell(new BusNotice.Recovered(subscription.name()));
    }
  }
}
