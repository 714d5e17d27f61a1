package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.CapturedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Listeners that run on an executor. */
class ExecutorListenerTest {
  private final EventSystem events = EventSystem.create();
  private final Event event = events.newEvent();
  private final Queue<Runnable> submitted = new ArrayDeque<>();
  private final List<Object> seen = new ArrayList<>();

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void whenComplete_withExecutor_runsThereOnce() {
    event.whenComplete(submitted::add, poison -> seen.add("ran"));
    assertThat(submitted).isEmpty();
    event.trigger();
    assertThat(seen).isEmpty();
    assertThat(submitted).hasSize(1);
    submitted.remove().run();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void whenComplete_withExecutorOnACompleteEvent_isSubmittedAtOnce() {
    event.poison("disk full");
    event.whenComplete(submitted::add, poison -> seen.add(poison.reason()));
    submitted.remove().run();
    assertThat(seen).containsExactly("disk full");
  }

  @Test
  void whenComplete_withExecutorThatRefuses_runsOnTheCompletingThread() {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    event.whenComplete(refusing, poison -> seen.add(Thread.currentThread()));
    event.trigger();
    event.whenComplete(refusing, poison -> seen.add(Thread.currentThread()));
    assertThat(seen).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  @Test
  void whenComplete_withExecutorThatFails_isCountedAndStopsNobody() {
    Executor failing =
        task -> {
          throw new IllegalStateException("broken");
        };
    try (var log = new CapturedLog("dev.carillon.event")) {
      event.whenComplete(failing, poison -> seen.add("never"));
      event.whenComplete(poison -> seen.add("sibling"));
      event.trigger();
      assertThat(log.thrown()).hasSize(1);
    }
    assertThat(seen).containsExactly("sibling");
    assertThat(events.stats().failedListeners()).isEqualTo(1);
  }

  @Test
  void remove_withExecutor_isNeverSubmitted() {
    Registration registration = event.whenComplete(submitted::add, poison -> {});
    assertThat(registration.remove()).isTrue();
    event.trigger();
    assertThat(submitted).isEmpty();
    assertThat(registration.remove()).isFalse();
  }

  @Test
  void whenComplete_withoutExecutorOrListener_throws() {
    assertThatNullPointerException()
        .isThrownBy(() -> event.whenComplete(null, poison -> {}))
        .withMessage("executor");
    assertThatNullPointerException()
        .isThrownBy(() -> event.whenComplete(Runnable::run, null))
        .withMessage("listener");
  }
}
