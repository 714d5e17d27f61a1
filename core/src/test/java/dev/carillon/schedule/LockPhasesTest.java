package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A task that ends from outside gives everything back, wherever it was. */
@Covers({"C26", "C27"})
class LockPhasesTest {
  private final ManualScheduler bench = new ManualScheduler(c -> c.withResource("gpu", 1));

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskPhase.class,
      names = {"RUNNING", "DONE"},
      mode = Mode.EXCLUDE)
  void cancel_inPhase_everythingIsFree(TaskPhase phase) throws Exception {
    Event task = taskIn(phase, TaskOptions.DEFAULT);
    task.poison("cancelled");
    checkAfter(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskPhase.class,
      names = {"RUNNING", "DONE"},
      mode = Mode.EXCLUDE)
  void timeout_inPhase_everythingIsFree(TaskPhase phase) throws Exception {
    Event task = taskIn(phase, TaskOptions.DEFAULT.timeout(seconds(3)));
    bench.clock.advance(seconds(4));
    assertThat(task.poison().orElseThrow().toString())
        .contains("it was waiting for " + phase.waitsFor());
    checkAfter(1);
  }

  private LockLease gate;

  private Event taskIn(TaskPhase phase, TaskOptions options) throws Exception {
    gate = bench.locks.acquire("gate");
    TaskOptions all = options.locks("a", "b").needs("gpu", 1);
    Event task =
        switch (phase) {
          case PRECONDITIONS -> submit(all.after(bench.scheduler.events().newEvent("never")));
          case KEY -> {
            bench.submit("first", t -> t.key("key").locks("gate"));
            yield submit(all.key("key"));
          }
          case QUEUED -> submit(all);
          case PERMITS -> {
            bench.submit("holder", t -> t.needs("gpu", 1).locks("gate"));
            bench.runAll();
            yield submit(all);
          }
          case LOCKS -> submit(all.locks("gate"));
          case BACKOFF ->
              bench.scheduler.submit(
                  all.retry(
                      Retry.of(r -> r.withMaxAttempts(2).withBackoff(Backoff.fixed(seconds(60))))),
                  () -> {
                    throw new IllegalStateException("first");
                  });
          case RUNNING, DONE -> throw new IllegalArgumentException("" + phase);
        };
    if (phase != TaskPhase.QUEUED) {
      bench.runAll();
    }
    bench.scheduler.stats(); // handles what was posted
    assertThat(bench.scheduler.explain(task).phase()).isEqualTo(phase);
    return task;
  }

  private Event submit(TaskOptions options) {
    return bench.scheduler.submit(options, () -> bench.ran.add("must not run"));
  }

  private void checkAfter(int cancelled) {
    bench.runAll();
    gate.close();
    bench.runAll();
    assertThat(bench.ran).doesNotContain("must not run");
    assertThat(bench.scheduler.stats().cancelled()).isEqualTo(cancelled);
    bench.assertNothingHeld();
  }
}
