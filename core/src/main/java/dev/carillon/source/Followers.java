package dev.carillon.source;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Those who wait for the next item of a source, or for its end. */
final class Followers<T> {
  /*
   * Who ends the source takes those who wait in one step with the change of its state, and tells
   * them after, so that nobody who begins to follow the next start is told of this end. Who follows
   * a source that has just ended may not have been seen: so each looks at the state once it is in.
   */
  private static final int MOST = 65_536;

  // guarded by this
  private List<Promise<T>> nexts = new ArrayList<>();
  private List<Event> ends = new ArrayList<>();

  private volatile boolean isAwaited; // whether nexts may have any

  Promise<T> next(EventSystem events, String name, BooleanSupplier isOver) {
    Promise<T> promise = events.promise("next item of source " + name);
    boolean isIn;
    synchronized (this) {
      if (nexts.size() >= MOST) {
        nexts.removeIf(each -> each.event().status() != EventStatus.PENDING);
      }
      isIn = nexts.size() < MOST && nexts.add(promise);
      isAwaited = true;
    }
    if (!isIn) {
      promise.poison("at most %d may wait for the next item".formatted(MOST));
    } else if (isOver.getAsBoolean()) {
      synchronized (this) {
        nexts.remove(promise);
      }
      promise.event().tryPoison("the source is over");
    }
    return promise;
  }

  Event ended(EventSystem events, String name, BooleanSupplier isOver, States states) {
    Event event = events.newEvent("end of source " + name);
    boolean isIn;
    synchronized (this) {
      if (ends.size() >= MOST) {
        ends.removeIf(each -> each.status() != EventStatus.PENDING);
      }
      isIn = ends.size() < MOST && ends.add(event);
    }
    if (!isIn) {
      event.poison("at most %d may wait for the end".formatted(MOST));
    } else if (isOver.getAsBoolean()) {
      synchronized (this) {
        ends.remove(event);
      }
      complete(event, states.state(), states.state() + ": " + states.failure());
    }
    return event;
  }

  void taken(Item<T> item) {
    if (!isAwaited) {
      return;
    }
    List<Promise<T>> told;
    synchronized (this) {
      told = nexts;
      nexts = new ArrayList<>();
      isAwaited = false;
    }
    told.forEach(promise -> promise.tryComplete(item.payload()));
  }

  /** {@return what tells those who wait by now that the source is over} It runs their code. */
  synchronized Runnable end(SourceState state, String detail) {
    List<Promise<T>> waiting = nexts;
    List<Event> following = ends;
    nexts = new ArrayList<>();
    ends = new ArrayList<>();
    isAwaited = false;
    return () -> {
      following.forEach(event -> complete(event, state, detail));
      waiting.forEach(promise -> promise.event().tryPoison("the source has ended: " + detail));
    };
  }

  static boolean isOver(SourceState state) {
    return switch (state) {
      case STOPPED, ENDED, FAILED -> true;
      case STARTING, CONNECTED, IDLE, FAILING -> false;
    };
  }

  private static void complete(Event event, SourceState state, String detail) {
    if (state == SourceState.FAILED) {
      event.tryPoison(detail);
    } else {
      event.tryTrigger();
    }
  }
}
