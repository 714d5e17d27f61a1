package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shutdown poisons what is pending, refuses what is new, and goes on answering. */
class ShutdownTest {
  private final EventSystem events = Systems.unhurried(c -> c.withName("trainer"));

  @AfterEach
  void close() {
    events.close();
  }

  private static String reason(Event event) {
    return event.poison().orElseThrow().reason();
  }

  @Test
  @Covers("V15")
  void shutdown_pendingEvents_arePoisonedWithTheReason() {
    List<Event> pending = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      pending.add(events.newEvent());
    }
    Event triggered = events.newEvent();
    triggered.trigger();
    events.shutdown("power lost");
    assertThat(pending).allMatch(e -> reason(e).equals("shut down: power lost"));
    assertThat(triggered.status()).isEqualTo(TRIGGERED);
    assertThat(events.isShutdown()).isTrue();
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().poisoned()).isEqualTo(10_000);
  }

  @Test
  @Covers("V15")
  void shutdown_waitersOfEveryKind_areTold() throws Exception {
    Event event = events.newEvent("load");
    var stage = event.awaiter().toCompletableFuture();
    var heard = new CompletableFuture<Poison>();
    event.whenComplete(heard::complete);
    Promise<String> promise = events.promise();
    Event merged = events.merge(event, promise.event(), events.newEvent());
    Event any = events.anyOf(List.of(events.newEvent(), events.newEvent()));
    Event child = events.scope(events.newEvent()).newEvent();
    try (var workers = new Workers()) {
      for (Workers.Kind kind : Workers.Kind.values()) {
        for (Event awaited : List.of(event, merged, any, child, promise.event())) {
          workers.start(kind, "waiting", () -> assertThrowsPoisoned(awaited::await));
        }
        workers.start(kind, "promise", () -> assertThrowsPoisoned(promise::await));
      }
      // 12 threads, the stage, the listener; the merge with others at 2 of its 3 inputs; 3 entries
      // of any and 2 of the scope
      Patience.until("all wait", () -> events.stats().waiters() == 12 + 2 + 2 + 3 + 2);
      events.shutdown("power lost");
    }
    assertThat(stage).isCompletedExceptionally();
    assertThat(heard.join().reason()).isEqualTo("shut down: power lost");
    assertThat(heard.join().name()).contains("load");
    assertThat(events.stats().waiters()).isZero();
  }

  private interface Wait {
    void run() throws Exception;
  }

  private static void assertThrowsPoisoned(Wait wait) {
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(wait::run)
        .withMessageContaining("power lost");
  }

  @Test
  @Covers("V15")
  void newEvent_afterShutdown_isRefusedEverywhere() {
    Event open = events.newEvent();
    events.shutdown("power lost");
    assertRefused(events::newEvent);
    assertRefused(() -> events.newEvent("late"));
    assertRefused(() -> events.raw().create());
    assertRefused(() -> events.merge(open));
    assertRefused(() -> events.mergeFailFast(List.of(open)));
    assertRefused(() -> events.promise());
    assertRefused(() -> events.promise("late"));
    assertRefused(() -> events.promise(new CompletableFuture<>()));
    assertRefused(() -> events.guard());
    assertRefused(() -> events.guard("late"));
    assertRefused(() -> events.after(Patience.LONG));
    assertRefused(() -> events.scope(open).newEvent());
  }

  private static void assertRefused(Runnable call) {
    assertThatExceptionOfType(SystemClosedException.class)
        .isThrownBy(call::run)
        .withMessage(
            "a new event needs a system that was not shut down: system=trainer reason=power lost");
  }

  @Test
  @Covers("V14")
  void status_afterShutdown_staleHandlesStillAnswer() {
    Event triggered = events.newEvent();
    Event poisoned = events.newEvent();
    triggered.trigger();
    poisoned.poison("disk full");
    Event pending = events.newEvent();
    events.shutdown("power lost");
    events.close();
    assertThat(events.event(triggered.handle()).status()).isEqualTo(TRIGGERED);
    assertThat(reason(events.event(poisoned.handle()))).isEqualTo("disk full");
    assertThat(reason(events.event(pending.handle()))).isEqualTo("shut down: power lost");
  }

  @Test
  void complete_afterShutdown_findsTheEventComplete() {
    Event event = events.newEvent();
    events.shutdown("power lost");
    assertThat(event.tryTrigger()).isFalse();
    assertThat(event.tryPoison("late")).isFalse();
    event.poison("late");
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(event::trigger)
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(POISONED));
    var seen = new ArrayList<String>();
    event.whenComplete(poison -> seen.add(poison.reason()));
    assertThat(seen).containsExactly("shut down: power lost");
    assertThrowsPoisoned(event::await);
  }

  @Test
  void shutdown_twice_keepsTheFirstReason() {
    Event event = events.newEvent();
    events.shutdown("power lost");
    events.shutdown("again");
    events.close();
    events.close();
    assertThat(reason(event)).isEqualTo("shut down: power lost");
  }

  @Test
  void close_withoutShutdown_shutsDown() {
    Event event = events.newEvent();
    events.close();
    assertThat(reason(event)).isEqualTo("shut down: closed");
  }

  @Test
  void shutdown_withoutReason_throwsAndStaysOpen() {
    assertThatNullPointerException().isThrownBy(() -> events.shutdown(null)).withMessage("reason");
    assertThat(events.isShutdown()).isFalse();
    assertThat(events.newEvent().status()).isEqualTo(PENDING);
  }

  @Test
  void shutdown_insideAListener_poisonsTheRest() {
    Event first = events.newEvent();
    Event other = events.newEvent();
    first.whenComplete(poison -> events.shutdown("from a listener"));
    first.trigger();
    assertThat(reason(other)).isEqualTo("shut down: from a listener");
  }

  @Test
  void shutdown_listenersThrowErrors_reachesAllEvents() {
    List<Event> pending = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Event event = events.newEvent();
      event.whenComplete(poison -> {
        throw new AssertionError("mine");
      });
      pending.add(event);
    }
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> events.shutdown("power lost"))
        .withMessage("mine");
    assertThat(pending).allMatch(e -> e.status() == POISONED);
  }

  @Test
  @Covers("V15")
  void shutdown_racingCreators_leaveNothingPending() throws Exception {
    for (int round = 0; round < 20; round++) {
      var created = new ConcurrentLinkedQueue<Event>();
      var some = new CountDownLatch(100);
      try (var raced = Systems.unhurried();
          var workers = new Workers()) {
        var start = new CyclicBarrier(4);
        for (int t = 0; t < 3; t++) {
          workers.start(() -> {
            start.await();
            try {
              while (true) {
                Event event = raced.newEvent();
                created.add(event);
                created.add(raced.merge(event));
                some.countDown();
              }
            } catch (SystemClosedException e) {
              assertThat(raced.isShutdown()).isTrue();
            }
          });
        }
        workers.start(() -> {
          start.await();
          Patience.await(some);
          raced.shutdown("race");
        });
        workers.join();
        assertThat(created).hasSizeGreaterThanOrEqualTo(200).allMatch(e -> e.status() == POISONED);
      }
    }
  }

  @Test
  @Covers("V15")
  void await_afterARacingShutdown_neverHangs() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (var raced = Systems.unhurried();
          var workers = new Workers()) {
        Event event = raced.newEvent();
        var start = new CyclicBarrier(3);
        for (Workers.Kind kind : Workers.Kind.values()) {
          workers.start(
              kind,
              "waiting",
              () -> {
                start.await();
                assertThatExceptionOfType(PoisonedException.class).isThrownBy(event::await);
              });
        }
        workers.start(() -> {
          start.await();
          raced.shutdown("race");
        });
        workers.join();
      }
    }
  }
}
