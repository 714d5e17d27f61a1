package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.Event;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the scheduler says of a task that is not further. */
class TaskExplainTest {
  @Test
  void explain_beforePreconditions_namesThem() {
    try (var hand = new ManualScheduler()) {
      Event start = hand.scheduler.events().newEvent("start");
      Event a = hand.submit("a", t -> t.after(start));
      Event b = hand.submit("b", t -> t.after(a));
      assertThat(hand.scheduler.explain(a).toString())
          .contains("a #0 waits for", "waits for event start");
      assertThat(hand.scheduler.explain(b).reasons())
          .contains("waits for task a #0, which waits for its preconditions");
      assertThat(hand.scheduler.explain(b).phase()).isEqualTo(TaskPhase.PRECONDITIONS);
      start.trigger();
    }
  }

  @Test
  void explain_inTheQueue_namesWhoIsAhead() {
    try (var hand = new ManualScheduler()) {
      hand.submit("ahead", t -> t.high());
      Event task = hand.submit("a", t -> t.deadline(millis(30)));
      assertThat(hand.scheduler.explain(task).reasons())
          .contains(
              "is in band LOW, 1 ahead of it: ahead",
              "pool \"cpu\" runs 1 at once",
              "its deadline is in PT0.03S");
    }
  }

  @Test
  void explain_behindItsKeyBeforeAnyoneLooked_namesTheKey() {
    try (var hand = new ManualScheduler()) {
      hand.submit("first", t -> t.key("k"));
      Event task = hand.submit("a", t -> t.key("k"));
      TaskExplanation explanation = hand.scheduler.explain(task);
      assertThat(explanation.phase()).isEqualTo(TaskPhase.KEY);
      assertThat(explanation.reasons()).contains("waits for first, which has the key k");
    }
  }

  @Test
  void explain_waitingForPermits_namesWhoHasThem() {
    assertThat(behindHolder(t -> t.needs("gpu", 1)))
        .contains("needs 1 of \"gpu\": 0 of 1 free, holder has 1");
  }

  @Test
  void explain_waitingForALock_namesWhoHasIt() {
    assertThat(behindHolder(t -> t.locks("l")))
        .contains("a #1 holds no lock and waits for \"l\", held by holder #0");
  }

  @Test
  void explain_whenThreadsAreBusy_namesWhatOccupiesThem() {
    try (var hand = new ManualScheduler()) {
      var text = new String[1];
      var task = new Event[1];
      hand.submit("busy", t -> t.high(), () -> text[0] = explain(hand, task[0]));
      task[0] = hand.submit("a", t -> t);
      hand.runAll();
      assertThat(text[0]).contains("pool \"cpu\" runs 1 at once: busy #0 for PT0S");
    }
  }

  private static String explain(ManualScheduler hand, Event task) {
    return hand.scheduler.explain(task).toString();
  }

  private static String behindHolder(UnaryOperator<TaskOptions> needs) {
    try (var hand = new ManualScheduler(c -> c.withCpuThreads(2).withResource("gpu", 1))) {
      var text = new String[1];
      var task = new Event[1];
      hand.submit(
          "holder",
          t -> needs.apply(t.high()),
          () -> {
            hand.step();
            text[0] = explain(hand, task[0]);
          });
      task[0] = hand.submit("a", needs);
      hand.runAll();
      return text[0];
    }
  }

  @Test
  void explain_inBackoff_saysWhy() {
    try (var hand = new ManualScheduler()) {
      Event task =
          hand.submit(
              "a",
              t -> t.retry(Retry.DEFAULT.withBackoff(Backoff.fixed(millis(10)))),
              () -> {
                throw new IllegalStateException("disk full");
              });
      hand.runAll();
      assertThat(explain(hand, task))
          .contains("waits to be tried again: attempt 1 failed")
          .contains("disk full");
      assertThat(hand.scheduler.explain(task).attempts()).isEqualTo(1);
    }
  }

  @Test
  void explain_running_namesTheThread() {
    try (var hand = new ManualScheduler()) {
      var text = new String[1];
      var task = new Event[1];
      task[0] = hand.submit("a", t -> t, () -> text[0] = explain(hand, task[0]));
      hand.runAll();
      assertThat(text[0])
          .contains("a #0 runs for", "runs on thread \"" + Thread.currentThread().getName());
      assertThat(hand.scheduler.explain(task[0]).phase()).isEqualTo(TaskPhase.DONE);
      assertThat(explain(hand, task[0])).contains("is over, or was never a task");
    }
  }
}
