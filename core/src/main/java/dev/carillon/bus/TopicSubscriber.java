package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Publishes the elements of a stream on a topic of a bus of this process. */
final class TopicSubscriber<T> implements Feed<T> {
  /*
   * Each place of the window is asked for, or under way to handlers, or free. Free ones are asked
   * for when they are half of the window, so upstream is not asked for each element by itself.
   *
   * Deliveries end on any thread, but upstream is to be called by one at a time (rule 2.7), and not
   * under the monitor. `telling` is set by who calls it, and who finds it set leaves the rest to
   * that thread, which looks again. So a stream that sends while it is asked does not recurse.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int MOST = 1 << 16;

  private final Emitter<T> emitter;
  private final Event done;
  private final int enough; // free places, to ask for them

  // guarded by this
  private int free;
  private int underWay;
  private boolean subscribed;
  private Flow.@Nullable Subscription upstream; // null before, and when it is not to be called
  private boolean over; // nothing more is published
  private boolean failed;
  private boolean cancels;
  private boolean telling;

  TopicSubscriber(EventSystem events, Emitter<T> emitter, int window) {
    this.emitter = emitter;
    this.done = events.newEvent("feed of " + emitter.topic().name());
    this.free = window;
    this.enough = Math.max(1, window / 2);
  }

  /** {@return a window, after a look at its bounds} */
  static int checked(int window) {
    Checks.range("window", window, 1, MOST);
    return window;
  }

  @Override
  public Topic<T> topic() {
    return emitter.topic();
  }

  @Override
  public Event done() {
    return done;
  }

  // ── signals ──

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    Objects.requireNonNull(subscription, "subscription");
    boolean isFirst;
    synchronized (this) {
      isFirst = !subscribed;
      if (isFirst) {
        subscribed = true;
        upstream = subscription;
        cancels = over;
      }
    }
    if (isFirst) {
      tell();
    } else {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(T item) {
    Objects.requireNonNull(item, "item");
    synchronized (this) {
      if (over) {
        return;
      }
      underWay++;
    }
    try {
      Delivery delivery = emitter.publish(item);
      if (delivery.isDone()) {
        delivered();
      } else {
        delivery.event().whenComplete(_ -> delivered());
      }
    } catch (RuntimeException | Error e) { // onNext returns, by rule 2.13; who waits is told
      LOG.log(Level.WARNING, "a stream could not be published: " + this, e);
      end(true, true);
      done.tryPoison(e);
    }
  }

  private void delivered() {
    boolean isLast;
    synchronized (this) {
      underWay--;
      free++;
      isLast = isDone();
    }
    if (isLast) {
      done.tryTrigger();
    } else {
      tell();
    }
  }

  private boolean isDone() {
    return over && !failed && underWay == 0;
  }

  @Override
  public void onError(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    end(true, false);
    done.tryPoison(cause);
  }

  @Override
  public void onComplete() {
    end(false, false);
  }

  @Override
  public void close() {
    end(false, true);
  }

  /** Publishes nothing more. */
  private void end(boolean fails, boolean byUs) {
    boolean isLast;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      failed = fails;
      cancels = byUs;
      if (!byUs) {
        upstream = null;
      }
      isLast = isDone();
    }
    emitter.close();
    tell();
    if (isLast) {
      done.tryTrigger();
    }
  }

  // ── upstream ──

  /** Tells upstream what it is to know by now. */
  private void tell() {
    while (true) {
      Flow.Subscription to;
      int more = 0;
      synchronized (this) {
        to = upstream;
        if (telling || to == null || (!cancels && (over || free < enough))) {
          return;
        }
        telling = true;
        if (cancels) {
          upstream = null;
        } else {
          more = free;
          free = 0;
        }
      }
      try {
        if (more == 0) {
          to.cancel();
        } else {
          to.request(more);
        }
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Feed[" + topic() + "]";
  }
}
