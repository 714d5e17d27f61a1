package dev.carillon.event;

import java.time.Duration;
import java.util.function.UnaryOperator;

/** Event systems as tests need them. */
final class Systems {
  private Systems() {}

  /** {@return a system in which a completion is delivered in full before the call returns} */
  static EventSystem unhurried() {
    return unhurried(c -> c);
  }

  /** {@return such a system with further settings} */
  static EventSystem unhurried(UnaryOperator<EventSystemConfig> configure) {
    return EventSystem.create(
        c -> configure.apply(c).withCascadeBudget(Duration.ofDays(365), Runnable::run));
  }
}
