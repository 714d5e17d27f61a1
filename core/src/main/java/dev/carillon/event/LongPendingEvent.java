package dev.carillon.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** Recorded when a thread waited for long. */
@Name("carillon.LongPending")
@Label("Long Pending")
@Description("A thread waited for an event longer than the threshold")
@Category("Carillon")
@Threshold("10 s")
@StackTrace(false)
final class LongPendingEvent extends Event {
  @Label("System")
  @Nullable String system;

  @Label("Event")
  @Nullable String event;

  void commit(String systemName, String awaited) {
    system = systemName;
    event = awaited;
    commit();
  }
}
