package dev.carillon.source;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Those who wait for the next item of a source, or for its end. */
final class Followers<T> implements SourceListener {
  private static final int MOST = 65_536;

  // guarded by this
  private final ArrayDeque<Promise<T>> nexts = new ArrayDeque<>();
  private final List<Event> ends = new ArrayList<>();

  private volatile boolean isAwaited; // whether nexts may have any

  Promise<T> next(EventSystem events, String name, BooleanSupplier isOver) {
    Promise<T> promise = events.promise("next item of source " + name);
    synchronized (this) {
      if (nexts.size() == MOST) {
        promise.poison("at most %d may wait for the next item".formatted(MOST));
      } else {
        nexts.add(promise);
        isAwaited = true;
      }
    }
    if (isOver.getAsBoolean()) { // who ended it may not have seen this one
      end("the source is over");
    }
    return promise;
  }

  Event ended(EventSystem events, String name, BooleanSupplier isOver, States states) {
    Event event = events.newEvent("end of source " + name);
    synchronized (this) {
      ends.add(event);
    }
    if (isOver.getAsBoolean()) { // who ended it may not have seen this one
      tellEnd(states.state(), states.state() + ": " + states.failure());
    }
    return event;
  }

  void taken(Item<T> item) {
    if (!isAwaited) {
      return;
    }
    List<Promise<T>> told;
    synchronized (this) {
      told = List.copyOf(nexts);
      nexts.clear();
      isAwaited = false;
    }
    told.forEach(promise -> promise.tryComplete(item.payload()));
  }

  @Override
  public void changed(Change change) {
    if (!isOver(change.to())) {
      return;
    }
    tellEnd(change.to(), change.detail());
    end("the source has ended: " + change.detail());
  }

  private void tellEnd(SourceState state, String detail) {
    List<Event> told;
    synchronized (this) {
      told = List.copyOf(ends);
      ends.clear();
    }
    told.forEach(event -> complete(event, state, detail));
  }

  private void end(String reason) {
    List<Promise<T>> told;
    synchronized (this) {
      told = List.copyOf(nexts);
      nexts.clear();
    }
    told.forEach(promise -> promise.poison(reason));
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
