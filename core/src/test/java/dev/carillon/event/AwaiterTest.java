package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An event as a completion stage. */
class AwaiterTest {
  private final EventSystem events = EventSystem.create();
  private final Event event = events.newEvent("load");

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  @Covers({"V2", "V3"})
  void awaiter_beforeAndAfterTrigger_completes() {
    CompletableFuture<Void> before = event.awaiter().toCompletableFuture();
    assertThat(before).isNotDone();
    event.trigger();
    assertThat(before).isCompletedWithValue(null);
    assertThat(event.awaiter().toCompletableFuture()).isCompletedWithValue(null);
  }

  @Test
  @Covers("V6")
  void awaiter_poisoned_completesExceptionally() {
    CompletableFuture<Void> before = event.awaiter().toCompletableFuture();
    event.poison("disk full");
    for (CompletableFuture<Void> stage : List.of(before, event.awaiter().toCompletableFuture())) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(stage::get)
          .withCauseInstanceOf(PoisonedException.class)
          .withMessageContaining("disk full");
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> stage.thenRun(() -> {}).join())
          .withCauseInstanceOf(PoisonedException.class);
    }
  }

  @Test
  void awaiter_twice_areStagesOfTheirOwn() {
    CompletableFuture<Void> one = event.awaiter().toCompletableFuture();
    CompletableFuture<Void> other = event.awaiter().toCompletableFuture();
    one.cancel(false);
    event.trigger();
    assertThat(one).isCancelled();
    assertThat(other).isCompleted();
  }

  @Test
  void cancel_pending_detachesAndLeavesTheEvent() {
    CompletableFuture<Void> stage = event.awaiter().toCompletableFuture();
    assertThat(events.stats().waiters()).isEqualTo(1);
    assertThat(stage.cancel(true)).isTrue();
    assertThat(events.stats().waiters()).isZero();
    assertThat(event.status()).isEqualTo(EventStatus.PENDING);
    event.trigger();
    assertThat(stage).isCancelled();
  }

  @Test
  void complete_byHand_detachesAndLeavesTheEvent() {
    CompletableFuture<Void> completed = event.awaiter().toCompletableFuture();
    CompletableFuture<Void> failed = event.awaiter().toCompletableFuture();
    completed.complete(null);
    failed.completeExceptionally(new IllegalStateException("mine"));
    event.poison("later");
    assertThat(events.stats().waiters()).isZero();
    assertThat(completed).isCompletedWithValue(null);
    assertThat(failed.exceptionNow()).hasMessage("mine");
  }

  @Test
  void cancel_ofADependent_leavesTheStageAttached() {
    CompletableFuture<Void> stage = event.awaiter().toCompletableFuture();
    CompletableFuture<Void> dependent = stage.thenRun(() -> {});
    dependent.cancel(true);
    assertThat(stage).isNotDone();
    event.trigger();
    assertThat(stage).isCompleted();
  }

  @Test
  void cancel_complete_changesNothing() {
    CompletableFuture<Void> stage = event.awaiter().toCompletableFuture();
    event.trigger();
    assertThat(stage.cancel(true)).isFalse();
    assertThat(stage).isCompleted();
  }

  @Test
  void awaiter_dependents_runOnce() {
    var runs = new ArrayList<String>();
    event.awaiter().thenRun(() -> runs.add("one")).thenRun(() -> runs.add("two"));
    event.trigger();
    assertThat(runs).containsExactly("one", "two");
  }
}
