package dev.carillon.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Recorded when a pending event was dropped. */
@Name("carillon.EventLeaked")
@Label("Event Leaked")
@Description("The object of a pending event became unreachable, so nobody could complete it")
@Category("Carillon")
@StackTrace(false)
final class EventLeakedEvent extends Event {
  @Label("System")
  @Nullable String system;

  @Label("Event")
  @Nullable String event;

  @Label("Created At")
  @Nullable String createdAt;

  void commit(String systemName, EventHandle handle, @Nullable String site) {
    system = systemName;
    event = handle.toString();
    createdAt = site;
    commit();
  }
}
