package dev.carillon.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Recorded when an event is poisoned. */
@Name("carillon.EventPoisoned")
@Label("Event Poisoned")
@Description("An event completed with failure")
@Category("Carillon")
@StackTrace(false)
final class EventPoisonedEvent extends Event {
  @Label("System")
  @Nullable String system;

  @Label("Event")
  @Nullable String event;

  @Label("Name")
  @Nullable String name;

  @Label("Reason")
  @Nullable String reason;

  void commit(String systemName, Poison poison) {
    system = systemName;
    event = poison.origin().toString();
    name = poison.name().orElse(null);
    reason = poison.reason();
    commit();
  }
}
