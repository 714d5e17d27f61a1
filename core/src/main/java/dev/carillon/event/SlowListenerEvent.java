package dev.carillon.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** Recorded when a listener ran for long. */
@Name("carillon.SlowListener")
@Label("Slow Listener")
@Description("A completion listener ran longer than the threshold on the completing thread")
@Category("Carillon")
@Threshold("10 ms")
@StackTrace(false)
final class SlowListenerEvent extends Event {
  @Label("System")
  @Nullable String system;

  @Label("Listener")
  @Nullable String listener;

  /** {@return whether a recording wants these now} Only to be asked once a recorder exists. */
  static boolean isRecorded() {
    return Holder.TYPE.isEnabled();
  }

  private static final class Holder {
    static final EventType TYPE = EventType.getEventType(SlowListenerEvent.class);
  }

  void commit(String systemName, Object target) {
    system = systemName;
    listener = target.getClass().getName();
    commit();
  }
}
