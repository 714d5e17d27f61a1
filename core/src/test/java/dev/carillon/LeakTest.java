package dev.carillon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Pending events that were dropped are found, with the place that created them. Outside the package
 * of events, whose own frames no creation site shows.
 */
class LeakTest {
  private final EventSystem events = EventSystem.create(c -> c.withTraceEvery(1));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void explain_traced_saysWhereTheEventWasCreated() {
    Event event = events.newEvent();
    assertCreatedIn(event, "explain_traced_saysWhereTheEventWasCreated");
    assertCreatedIn(events.promise("value").event(), "explain_traced_saysWhereTheEventWasCreated");
    assertThat(events.explain(event).toString())
        .contains("created at dev.carillon.LeakTest.explain_traced");
    event.trigger();
  }

  private void assertCreatedIn(Event event, String method) {
    assertThat(events.explain(event).createdAt().orElseThrow())
        .contains("LeakTest." + method + "(LeakTest.java:");
  }

  @Test
  void explain_tracingOff_knowsNoPlace() {
    try (var untraced = EventSystem.create(c -> c.withTraceEvery(0))) {
      assertThat(untraced.explain(untraced.newEvent()).createdAt()).isEmpty();
    }
  }

  @Test
  void explain_sampled_tracesSomeAndNotMost() {
    try (var sampled = EventSystem.create(c -> c.withTraceEvery(128))) {
      var pending = new ArrayList<Event>();
      for (int i = 0; i < 10_000; i++) {
        pending.add(sampled.newEvent());
      }
      long traced =
          pending.stream().filter(e -> sampled.explain(e).createdAt().isPresent()).count();
      assertThat(traced).isBetween(1L, 10_000L / 128 + 1);
    }
  }

  @Test
  void drop_pendingEvent_isPoisonedWithTheCreationSite() throws Exception {
    var heard = new CompletableFuture<Poison>();
    dropOne(heard);
    untilCollected(heard::isDone);
    assertThat(heard.join().reason())
        .startsWith("dropped while pending, nobody can complete it; created at ")
        .contains("LeakTest.dropOne(");
    Patience.until("counted", () -> events.stats().leaked() == 1);
  }

  private void dropOne(CompletableFuture<Poison> heard) {
    events.newEvent("dropped").whenComplete(heard::complete);
  }

  private static void untilCollected(Patience.Condition condition) throws Exception {
    Patience.until(
        "the dropped events were found",
        () -> {
          System.gc();
          return condition.holds();
        });
  }

  @Test
  void drop_promiseAndGuard_arePoisoned() throws Exception {
    var heard = new ConcurrentLinkedQueue<Poison>();
    dropPromiseAndGuard(heard);
    untilCollected(() -> heard.size() == 2);
    assertThat(heard).allMatch(p -> p.reason().contains("LeakTest.dropPromiseAndGuard("));
  }

  private void dropPromiseAndGuard(ConcurrentLinkedQueue<Poison> heard) {
    events.promise().event().whenComplete(heard::add);
    events.guard().event().whenComplete(heard::add);
  }

  @Test
  void drop_whatSomebodyMayStillComplete_isLeftAlone() throws Exception {
    List<EventHandle> handles = new ArrayList<>();
    handles.add(dropWith(Event::handle));
    var outcome = new CompletableFuture<Poison>();
    Event merged = dropReleasedInputOfAMerge();
    merged.whenComplete(poison -> outcome.complete(poison));
    var leak = new CompletableFuture<Poison>();
    dropOne(leak);
    untilCollected(leak::isDone); // by now the others would have been found as well
    assertThat(events.event(handles.getFirst()).status()).isEqualTo(EventStatus.PENDING);
    assertThat(outcome).isNotDone();
    Patience.until("counted", () -> events.stats().leaked() == 1);
  }

  private EventHandle dropWith(Function<Event, EventHandle> last) {
    return last.apply(events.newEvent());
  }

  private Event dropReleasedInputOfAMerge() {
    return events.merge(events.newEvent().release());
  }

  @Test
  void drop_completeEvents_areNoLeaks() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      events.newEvent().trigger();
      events.newEvent().poison("no");
    }
    var leak = new CompletableFuture<Poison>();
    dropOne(leak);
    untilCollected(leak::isDone);
    Patience.until("counted", () -> events.stats().leaked() == 1);
    assertThat(events.stats().poisoned()).isEqualTo(1_001);
  }

  @Test
  void drop_listenerThrowsAnError_laterLeaksAreStillFound() throws Exception {
    try (var log = new CapturedLog("dev.carillon.event")) {
      dropWithFailingListener();
      untilCollected(() -> log.thrown().size() == 1);
      assertThat(log.thrown().getFirst()).hasMessage("made up");
    }
    var heard = new CompletableFuture<Poison>();
    dropOne(heard);
    untilCollected(heard::isDone);
    assertThat(heard.join().reason()).startsWith("dropped while pending");
  }

  private void dropWithFailingListener() {
    events
        .newEvent()
        .whenComplete(poison -> {
          throw new AssertionError("made up");
        });
  }
}
