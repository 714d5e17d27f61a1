package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Who waits until a lane is done with so many places of its queue. */
final class LaneGoals {
  private record Goal(long places, Event event) {}

  private final ConcurrentLinkedQueue<Goal> goals = new ConcurrentLinkedQueue<>();

  void add(long places, Event event) {
    goals.add(new Goal(places, event));
  }

  /** Tells those whose number is reached. */
  void reach(long done) {
    if (goals.isEmpty()) {
      return;
    }
    for (Goal goal : goals) {
      if (goal.places() <= done) {
        goals.remove(goal);
        goal.event().tryTrigger();
      }
    }
  }

  void poison(String reason) {
    goals.forEach(goal -> goal.event().tryPoison(reason));
  }
}
