package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** For each phase, why a task is not further. */
class TaskExplainTest {
  private static void explains(
      ManualScheduler manual, Event task, TaskPhase phase, String... parts) {
    TaskExplanation explanation = manual.scheduler.explain(task);
    assertThat(explanation.phase()).isEqualTo(phase);
    assertThat(explanation.toString()).contains(parts);
  }

  @Test
  void preconditions_namesEventsAndTasks() {
    try (var manual = new ManualScheduler()) {
      Event external = manual.scheduler.events().newEvent("external");
      Event before = manual.submit("before");
      Event task = manual.submit("task", t -> t.after(external, before));
      explains(
          manual,
          task,
          TaskPhase.PRECONDITIONS,
          "waits for event external",
          "waits for task before #0, which waits for a thread");
    }
  }

  @Test
  void queued_namesWhatIsAheadAndTheDeadlines() {
    try (var manual = new ManualScheduler()) {
      Event task = manual.submit("task", t -> t.deadline(Duration.ofSeconds(9)));
      manual.submit("ahead", TaskOptions::high);
      manual.submit("behind");
      manual.submit("waiting", t -> t.deadline(Duration.ofSeconds(4)).after(task));
      explains(
          manual,
          task,
          TaskPhase.QUEUED,
          "is in band LOW, 1 ahead of it: ahead",
          "pool \"cpu\" runs 1 at once",
          "its deadline is in PT9S",
          "others that wait for it want it in PT4S");
    }
  }

  @Test
  void queuedAndRunning_namesTheThreadsThatAreBusy() throws Exception {
    var started = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withName("busy").withCpuThreads(1))) {
      Event running =
          scheduler.submit(
              t -> t.named("long"),
              () -> {
                started.countDown();
                Patience.await(gate);
              });
      Patience.await(started);
      Event queued = scheduler.submit(() -> {});
      assertThat(scheduler.explain(queued).toString()).contains("runs 1 at once: long #0 for PT");
      TaskExplanation explanation = scheduler.explain(running);
      assertThat(explanation.phase()).isEqualTo(TaskPhase.RUNNING);
      assertThat(explanation.attempts()).isEqualTo(1);
      assertThat(explanation.toString())
          .startsWith("long #0 runs for PT")
          .contains("runs on thread \"busy-cpu-0\"");
      gate.countDown();
    }
  }

  @Test
  void key_namesWhoHasIt() {
    try (var manual = new ManualScheduler()) {
      manual.submit("first", t -> t.key("k"));
      Event task = manual.submit("second", t -> t.key("k"));
      manual.stats(); // handles what has arrived
      explains(manual, task, TaskPhase.KEY, "waits for first, which has the key k");
    }
  }

  @Test
  void locksAndPermits_nameWhoHoldsThem() throws Exception {
    try (var manual = new ManualScheduler(c -> c.withResource("gpu", 2))) {
      LockLease lease = manual.scheduler.locks().acquire("model");
      Event holder = manual.submit("holder", t -> t.needs("gpu", 2).locks("model"));
      Event task = manual.submit("task", t -> t.needs("gpu", 1));
      manual.threads.runAll();
      explains(
          manual,
          holder,
          TaskPhase.LOCKS,
          "waits for \"model\", held by thread \"" + Thread.currentThread().getName());
      explains(manual, task, TaskPhase.PERMITS, "needs 1 of \"gpu\": 0 of 2 free, holder has 2");
      lease.close();
    }
  }

  @Test
  void backoff_namesTheFailure() {
    try (var manual = new ManualScheduler()) {
      Event task =
          manual.scheduler.submit(
              t -> t.retry(Retry.DEFAULT.withBackoff(Backoff.fixed(Duration.ofSeconds(1)))),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.threads.runAll();
      explains(
          manual, task, TaskPhase.BACKOFF, "waits to be tried again: attempt 1 failed", "made up");
      task.poison("not wanted");
    }
  }

  @Test
  void done_saysThatItIsOver() {
    try (var manual = new ManualScheduler()) {
      Event task = manual.submit("task");
      manual.threads.runAll();
      explains(manual, task, TaskPhase.DONE, "is over, or was never a task of this scheduler");
    }
  }
}
