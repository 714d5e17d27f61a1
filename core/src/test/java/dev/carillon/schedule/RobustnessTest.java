package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import org.junit.jupiter.api.Test;

/** Whatever the user's code does, a task ends and the others go on. */
@Covers("C35")
class RobustnessTest {

  @Test
  void compensation_throwsItsCauseAgain_taskStillEnds() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler()) {
      Event task =
          manual.scheduler.submit(
              t ->
                  t.undoneBy(cause -> {
                    throw (Exception) cause;
                  }),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.submit("next");
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.POISONED);
      assertThat(manual.ran).containsExactly("next");
      assertThat(manual.stats().held()).isZero();
      assertThat(manual.stats().compensationsFailed()).isEqualTo(1);
      assertThat(log.messages()).hasSize(1);
    }
  }

  @Test
  void retryPredicate_throwsWhatItIsAskedAbout_taskStillEnds() {
    try (var manual = new ManualScheduler()) {
      Retry broken =
          Retry.DEFAULT.withRetryable(e -> {
            throw (RuntimeException) e;
          });
      Event task =
          manual.scheduler.submit(
              t -> t.retry(broken),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.POISONED);
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  void gate_throwsAnError_nothingIsLost() {
    try (var manual = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      Gate broken =
          () -> {
            throw new AssertionError("made up");
          };
      Event task =
          manual.submit("task", t -> t.locks("a").key("k").needs("gpu", 1).through(broken));
      Event next = manual.submit("next", t -> t.locks("a").key("k").needs("gpu", 1));
      manual.threads.runAll();
      assertThat(task.poison().orElseThrow().reason()).contains("made up");
      assertThat(next.status()).isEqualTo(EventStatus.TRIGGERED);
      manual.assertNothingHeld();
    }
  }

  @Test
  void listener_throwsAnError_taskIsCountedAndOver() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler()) {
      Event task = manual.submit("task", t -> t.key("k"));
      task.whenComplete(_ -> {
        throw new AssertionError("made up");
      });
      manual.submit("next", t -> t.key("k"));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("task", "next");
      assertThat(manual.stats().succeeded()).isEqualTo(2);
      assertThat(log.thrown()).anySatisfy(e -> assertThat(e).hasMessage("made up"));
      manual.assertNothingHeld();
    }
  }
}
