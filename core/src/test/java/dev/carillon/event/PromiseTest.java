package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that carry a value. */
class PromiseTest {
  private final EventSystem events = EventSystem.create();
  private final Promise<String> promise = events.promise("load");

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void complete_pending_givesTheValueToAll() throws Exception {
    try (var workers = new Workers()) {
      for (Workers.Kind kind : Workers.Kind.values()) {
        workers.start(kind, "a", () -> assertThat(promise.await()).isEqualTo("value"));
        workers.start(kind, "b", () -> assertThat(promise.await(Patience.LONG)).contains("value"));
      }
      Patience.until("waiting", () -> events.stats().waiters() == 4);
      promise.complete("value");
    }
    assertThat(promise.await()).isEqualTo("value");
    assertThat(promise.await(Duration.ZERO)).contains("value");
    assertThat(promise.event().status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void complete_twice_throwsAndKeepsTheFirst() throws Exception {
    promise.complete("first");
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> promise.complete("second"))
        .withMessageStartingWith("a promise completes once: attempt=complete event=")
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(EventStatus.TRIGGERED));
    assertThat(promise.tryComplete("third")).isFalse();
    assertThat(promise.await()).isEqualTo("first");
  }

  @Test
  void complete_poisoned_throws() {
    promise.poison("disk full");
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> promise.complete("late"))
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(EventStatus.POISONED));
    assertThat(promise.tryComplete("late")).isFalse();
  }

  @Test
  void complete_null_throwsAndLeavesThePromise() {
    assertThatNullPointerException().isThrownBy(() -> promise.complete(null)).withMessage("value");
    assertThat(promise.event().status()).isEqualTo(EventStatus.PENDING);
  }

  @Test
  void poison_pending_throwsOnAwait() {
    promise.poison(new IOException("no route"));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(promise::await)
        .withMessage("load [%s]: java.io.IOException: no route", promise.event().handle());
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> promise.await(Duration.ZERO));
    promise.poison("again");
    assertThat(promise.event().poison().orElseThrow().reason()).endsWith("no route");
  }

  @Test
  void poison_complete_throws() {
    promise.complete("value");
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> promise.poison("late"));
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> promise.poison(new IOException("late")));
  }

  @Test
  void await_timeout_isEmpty() throws Exception {
    assertThat(promise.await(Duration.ofMillis(2))).isEmpty();
    assertThat(promise.event().status()).isEqualTo(EventStatus.PENDING);
  }

  @Test
  void await_triggeredByHandleWithoutValue_throws() {
    events.event(promise.event().handle()).trigger();
    assertThatIllegalStateException()
        .isThrownBy(promise::await)
        .withMessageContaining("triggered without a value")
        .withMessageContaining(promise.event().handle().toString());
    assertThat(promise.tryComplete("late")).isFalse();
    CompletableFuture<String> stage = promise.stage().toCompletableFuture();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(stage::get)
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void promise_event_mergesLikeAnyOther() throws Exception {
    Event merged = events.merge(promise.event(), events.after(Duration.ZERO));
    promise.complete("value");
    merged.await();
  }

  @Test
  void stage_ofPromise_takesOverTheOutcome() {
    CompletableFuture<String> before = promise.stage().toCompletableFuture();
    promise.complete("value");
    assertThat(before).isCompletedWithValue("value");
    assertThat(promise.stage().toCompletableFuture()).isCompletedWithValue("value");
    Promise<String> failing = events.promise();
    CompletableFuture<String> stage = failing.stage().toCompletableFuture();
    failing.poison("disk full");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(stage::get)
        .withCauseInstanceOf(PoisonedException.class)
        .withMessageContaining("disk full");
  }

  @Test
  void stage_cancelled_leavesThePromise() {
    CompletableFuture<String> stage = promise.stage().toCompletableFuture();
    stage.cancel(true);
    assertThat(events.stats().waiters()).isZero();
    promise.complete("value");
    assertThat(promise.event().status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void promise_ofStage_takesOverTheOutcome() throws Exception {
    var good = new CompletableFuture<String>();
    var bad = new CompletableFuture<String>();
    var nothing = new CompletableFuture<String>();
    Promise<String> fromGood = events.promise(good);
    Promise<String> fromBad = events.promise(bad);
    Promise<String> fromNothing = events.promise(nothing);
    assertThat(fromGood.event().status()).isEqualTo(EventStatus.PENDING);
    good.complete("value");
    bad.completeExceptionally(new IOException("no route"));
    nothing.complete(null);
    assertThat(fromGood.await()).isEqualTo("value");
    assertThat(fromBad.event().poison().orElseThrow().reason()).contains("no route");
    assertThat(fromNothing.event().poison().orElseThrow().reason()).contains("value=null");
  }

  @Test
  void promise_ofStageCompletedByHand_ignoresTheStage() throws Exception {
    var stage = new CompletableFuture<String>();
    Promise<String> from = events.promise(stage);
    from.complete("mine");
    stage.complete("theirs");
    assertThat(from.await()).isEqualTo("mine");
  }

  @Test
  void tryComplete_manyThreads_oneWinsAndAllSeeItsValue() throws Exception {
    int threads = 4;
    int rounds = 2_000;
    var promises = new Promise<?>[rounds];
    for (int i = 0; i < rounds; i++) {
      promises[i] = events.<Integer>promise();
    }
    var winners = new AtomicInteger[rounds];
    var wins = new AtomicInteger();
    try (var workers = new Workers()) {
      var start = new CyclicBarrier(threads);
      for (int t = 0; t < threads; t++) {
        int me = t;
        workers.start(() -> {
          start.await();
          for (int i = 0; i < rounds; i++) {
            @SuppressWarnings("unchecked")
            var mine = (Promise<Integer>) promises[i];
            if (mine.tryComplete(me)) {
              winners[i] = new AtomicInteger(me);
              wins.incrementAndGet();
            } else {
              assertThat(mine.event().status()).isEqualTo(EventStatus.TRIGGERED);
            }
          }
        });
      }
    }
    assertThat(wins).hasValue(rounds);
    for (int i = 0; i < rounds; i++) {
      assertThat(promises[i].await()).isEqualTo(winners[i].get());
    }
  }
}
