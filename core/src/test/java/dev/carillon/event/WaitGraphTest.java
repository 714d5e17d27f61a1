package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.WaitGraph.Edge;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom, and what can never end. */
class WaitGraphTest {
  private final EventSystem events = EventSystem.create(c -> c.withTraceEvery(0));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void waitGraph_nothingWaits_isEmpty() {
    events.newEvent();
    WaitGraph graph = events.waitGraph();
    assertThat(graph.edges()).isEmpty();
    assertThat(graph.cycles()).isEmpty();
    assertThat(graph).hasToString("0 waits:\n");
  }

  @Test
  void waitGraph_merges_areEdges() {
    Event input = events.newEvent("input");
    Event merged = events.merge(input);
    String edge = "%s -> input [%s] (merge)".formatted(merged.handle(), input.handle());
    assertThat(events.waitGraph().edges()).extracting(Edge::toString).containsExactly(edge);
    assertThat(events.waitGraph()).hasToString("1 wait:\n  " + edge + "\n");
  }

  @Test
  void waitGraph_deadlockOfTwoThreads_isACycle() throws Exception {
    Event one = events.newEvent("one");
    Event two = events.newEvent("two");
    try (var workers = new Workers()) {
      var guarded = new CyclicBarrier(2);
      workers.start(Workers.Kind.PLATFORM, "first", () -> guardAndAwait(one, guarded, two));
      workers.start(Workers.Kind.VIRTUAL, "second", () -> guardAndAwait(two, guarded, one));
      Patience.until("deadlocked", () -> events.waitGraph().edges().size() == 4);

      WaitGraph graph = events.waitGraph();
      assertThat(graph.cycles()).hasSize(1);
      assertThat(graph.cycles().getFirst())
          .hasSize(4)
          .extracting(Edge::how)
          .containsExactlyInAnyOrder("await", "guarded by", "await", "guarded by");
      assertThat(graph.toString()).startsWith("cycle of 4:\n").contains("\"first\"", "\"second\"");
      assertThat(events.explain(one).toString())
          .contains("guarded by thread \"first\"")
          .contains("waits for\n")
          .contains("two [" + two.handle() + "] PENDING");

      events.shutdown("deadlock");
    }
  }

  private static void guardAndAwait(Event mine, CyclicBarrier guarded, Event theirs)
      throws Exception {
    try (var guard = mine.guard()) {
      guarded.await();
      assertThatExceptionOfType(PoisonedException.class).isThrownBy(theirs::await);
      guard.release();
    }
  }

  @Test
  void waitGraph_listenersInACircle_areACycle() {
    Event one = events.newEvent("one");
    Event two = events.newEvent("two");
    one.whenComplete(CompletionListener.completing(two, poison -> two.tryTrigger()));
    two.whenComplete(CompletionListener.completing(one, poison -> one.tryTrigger()));
    WaitGraph graph = events.waitGraph();
    assertThat(graph.cycles()).hasSize(1);
    assertThat(graph.cycles().getFirst())
        .extracting(Edge::toString)
        .containsExactlyInAnyOrder(
            "two [%s] -> one [%s] (listener)".formatted(two.handle(), one.handle()),
            "one [%s] -> two [%s] (listener)".formatted(one.handle(), two.handle()));
    one.trigger();
  }

  @Test
  void waitGraph_longCycleAmongManyWaits_isFound() {
    Event first = events.newEvent("first");
    Event last = first;
    for (int i = 0; i < 20_000; i++) { // far deeper than a stack
      last = events.merge(last);
      events.merge(last); // and off the cycle
    }
    Event end = last;
    end.whenComplete(CompletionListener.completing(first, poison -> {}));
    WaitGraph graph = events.waitGraph();
    assertThat(graph.edges()).hasSize(40_001);
    assertThat(graph.cycles()).singleElement().satisfies(c -> assertThat(c).hasSize(20_001));
    first.trigger();
  }

  @Test
  void waitGraph_diamonds_haveNoCycle() {
    Event end = events.newEvent();
    for (int i = 0; i < 100; i++) {
      end = events.merge(events.merge(end), events.merge(end), end);
    }
    assertThat(events.waitGraph().cycles()).isEmpty();
  }

  @Test
  void waitGraph_threadsOfOneName_areNotTakenForOne() throws Exception {
    Event event = events.newEvent("load");
    var guarded = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    try (var workers = new Workers()) {
      workers.start(
          Workers.Kind.PLATFORM,
          "worker",
          () -> {
            try (var guard = event.guard()) {
              guarded.countDown();
              Patience.await(done);
              guard.trigger();
            }
          });
      Patience.await(guarded);
      workers.start(Workers.Kind.PLATFORM, "worker", event::await);
      Patience.until("waiting", () -> events.waitGraph().edges().size() == 2);
      assertThat(events.waitGraph().cycles()).isEmpty();
      done.countDown();
    }
  }

  @Test
  void waitGraph_whileEverythingMoves_neverFails() throws Exception {
    try (var workers = new Workers()) {
      var stop = new CountDownLatch(1);
      for (int t = 0; t < 2; t++) {
        workers.start(() -> {
          while (stop.getCount() > 0) {
            Event input = events.newEvent("input");
            Event second = events.newEvent();
            Event merged = events.merge(input, second);
            Registration removed = merged.whenComplete(poison -> {});
            merged.whenComplete(poison -> {});
            removed.remove();
            input.trigger();
            merged.poison("enough");
            second.trigger();
          }
        });
      }
      Event fixed = events.newEvent("fixed");
      Event waiting = events.merge(fixed);
      for (int i = 0; i < 300; i++) {
        assertThat(events.waitGraph().edges())
            .extracting(Edge::toString)
            .contains("%s -> fixed [%s] (merge)".formatted(waiting.handle(), fixed.handle()));
        assertThat(events.explain(fixed).waiters()).hasSize(1);
        events.pendingOlderThan(Duration.ZERO);
      }
      stop.countDown();
    }
  }
}
