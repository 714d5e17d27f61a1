package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task leaves the table while the next one takes its event's slot. */
public final class TaskTableStress {
  private TaskTableStress() {}

  /** Two tasks, one after another, at the same place. */
  abstract static class Succession {
    final TaskTable table = new TaskTable();
    final TaskRun first = PermitStress.task(TaskOptions.DEFAULT, 0);
    final TaskRun second;

    Succession() {
      TaskRun next = PermitStress.task(TaskOptions.DEFAULT, 1);
      while (next.event.index() != first.event.index()) {
        next = PermitStress.task(TaskOptions.DEFAULT, 1);
      }
      second = next;
      table.put(first);
    }

    int count() {
      int[] count = {0};
      table.forEach(task -> count[0]++);
      return count[0];
    }
  }

  @JCStressTest
  @Description("A task that is over leaves while the next comes to its place.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The second is there, the first is not.")
  @Outcome(id = "0, .*, .*", expect = FORBIDDEN, desc = "The second was taken for the first.")
  @Outcome(expect = FORBIDDEN, desc = "The first stays for ever.")
  @State
  public static class PutRemove extends Succession {
    @Actor
    public void put() {
      table.put(second);
    }

    @Actor
    public void remove() {
      first.enter(TaskPhase.DONE, 0);
      table.remove(first);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = second.equals(table.task(second.event)) ? 1 : 0;
      r.r2 = table.task(first.event) == null ? 0 : 1;
      r.r3 = count();
    }
  }

  @JCStressTest
  @Description("Two tasks are the first in a chunk.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both are there.")
  @Outcome(expect = FORBIDDEN, desc = "One was put into a chunk that was thrown away.")
  @State
  public static class PutPut {
    private final TaskTable table = new TaskTable();
    private final TaskRun one = PermitStress.task(TaskOptions.DEFAULT, 0);
    private final TaskRun other;

    /** Finds two with places of their own. */
    public PutPut() {
      var held = PermitStress.pendingEvent();
      TaskRun next = PermitStress.task(TaskOptions.DEFAULT, 1);
      while (next.event.index() == one.event.index()) {
        next = PermitStress.task(TaskOptions.DEFAULT, 1);
      }
      other = next;
      held.trigger();
    }

    @Actor
    public void one() {
      table.put(one);
    }

    @Actor
    public void other() {
      table.put(other);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = one.equals(table.task(one.event)) ? 1 : 0;
      r.r2 = other.equals(table.task(other.event)) ? 1 : 0;
    }
  }
}
