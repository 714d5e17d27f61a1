package dev.carillon.schedule;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A task ended after its deadline. */
@Name("carillon.DeadlineMissed")
@Label("Deadline missed")
@Description("A task ended after its deadline")
@Category("Carillon")
@StackTrace(false)
final class DeadlineMissedEvent extends Event {
  @Label("Task")
  String task = "";

  @Label("Missed in")
  @Description("What the task was waiting for or doing at its deadline")
  String missedIn = "";

  @Label("Late by")
  @Timespan
  long lateBy;

  static void record(TaskRun task, TaskPhase missedIn, long now) {
    var event = new DeadlineMissedEvent();
    if (event.isEnabled()) {
      event.task = task.toString();
      event.missedIn = missedIn.name();
      event.lateBy = now - task.deadline;
      event.commit();
    }
  }
}
