package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Explanation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an explanation knows of an event. */
class ExplainTest {
  private final EventSystem events =
      Systems.unhurried(c -> c.withOwner(1).withTraceEvery(0).withName("test"));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void explain_pending_saysWhatItIs() {
    Event event = events.newEvent("load");
    Explanation explanation = events.explain(event);
    assertThat(explanation.handle()).isEqualTo(event.handle());
    assertThat(explanation.name()).contains("load");
    assertThat(explanation.status()).isEqualTo(EventStatus.PENDING);
    assertThat(explanation.age()).isLessThan(Duration.ofMinutes(1));
    assertThat(explanation.poison()).isEmpty();
    assertThat(explanation.createdAt()).isEmpty();
    assertThat(explanation.guardedBy()).isEmpty();
    assertThat(explanation.waiters()).isEmpty();
    assertThat(explanation.waitsFor()).isEmpty();
    assertThat(explanation.cut()).isZero();
  }

  @Test
  void explain_complete_saysHowItEnded() {
    Event triggered = events.newEvent("load");
    triggered.trigger();
    assertThat(events.explain(triggered)).hasToString(triggered.handle() + " TRIGGERED\n");
    Event poisoned = events.newEvent("load");
    poisoned.poison("disk full");
    assertThat(events.explain(poisoned).poison()).isEqualTo(poisoned.poison());
    assertThat(events.explain(poisoned))
        .hasToString(
            poisoned.handle() + " POISONED\n└─ load [" + poisoned.handle() + "]: disk full\n");
  }

  private void untilWaiting(Event event, int waiters) throws Exception {
    Patience.until("waiting", () -> events.explain(event).waiters().size() == waiters);
  }

  @Test
  void explain_waitersOfEveryKind_areListedInOrder() throws Exception {
    Event event = events.newEvent("load");
    try (var workers = new Workers()) {
      workers.start(Workers.Kind.PLATFORM, "reader", event::await);
      untilWaiting(event, 1);
      workers.start(Workers.Kind.VIRTUAL, "light", () -> event.await(Patience.LONG));
      untilWaiting(event, 2);
      Event merged = events.merge(event, events.newEvent("other"));
      Event any = events.anyOf(List.of(event));
      event.whenComplete(new Named());
      event.whenComplete(Runnable::run, new Named());
      var stage = event.awaiter().thenRun(() -> {});
      try (var scope = events.scope(event)) {
        scope.newEvent();
        List<Explanation.Waiter> waiters = events.explain(event).waiters();
        assertThat(waiters)
            .extracting(Explanation.Waiter::kind)
            .containsExactly(
                Kind.THREAD,
                Kind.THREAD,
                Kind.MERGE,
                Kind.MERGE,
                Kind.LISTENER,
                Kind.LISTENER,
                Kind.STAGE,
                Kind.SCOPE);
        assertThat(waiters)
            .extracting(Explanation.Waiter::description)
            .satisfiesExactly(
                d -> assertThat(d).startsWith("thread \"reader\""),
                d -> assertThat(d).startsWith("virtual thread \"light\""),
                d -> assertThat(d).isEqualTo("merge completes " + merged.handle()),
                d -> assertThat(d).isEqualTo("merge (1 of 1) completes " + any.handle()),
                d -> assertThat(d).isEqualTo("listener my listener"),
                d -> assertThat(d).startsWith("listener my listener on "),
                d -> assertThat(d).isEqualTo("stage with 1 dependents"),
                d -> assertThat(d).isEqualTo("scope of 1 pending events"));
        assertThat(waiters.get(2).completes()).contains(merged.handle());
      }
      event.trigger();
      assertThat(stage.toCompletableFuture()).isCompleted();
    }
  }

  private static final class Named implements CompletionListener {
    @Override
    public void completed(Poison poison) {}

    @Override
    public String toString() {
      return "my\nlistener";
    }
  }

  @Test
  void explain_merge_waitsForItsPendingInputs() {
    Event weights = events.newEvent("weights");
    Event labels = events.newEvent("labels");
    Event done = events.newEvent("done");
    Event ready = events.merge(weights, labels, done, labels);
    done.trigger();
    Event end = events.merge(ready);
    Explanation explanation = events.explain(ready);
    assertThat(explanation.waitsFor())
        .extracting(Explanation::handle)
        .containsExactlyInAnyOrder(weights.handle(), labels.handle());
    assertThat(explanation)
        .hasToString(
            """
            %s PENDING for under 2 s
            ├─ waits for
            │  ├─ weights [%s] PENDING for under 2 s
            │  └─ labels [%s] PENDING for under 2 s
            └─ awaited by
               └─ merge completes %s
            """
                .formatted(ready.handle(), weights.handle(), labels.handle(), end.handle()));
  }

  @Test
  void explain_listenerThatSaysWhatItCompletes_isFollowed() {
    Event request = events.newEvent("request");
    Event reply = events.newEvent("reply");
    request.whenComplete(CompletionListener.completing(reply, poison -> reply.tryTrigger()));
    assertThat(events.explain(reply).waitsFor())
        .singleElement()
        .satisfies(e -> assertThat(e.name()).contains("request"));
    Explanation.Waiter waiter = events.explain(request).waiters().getFirst();
    assertThat(waiter.description()).isEqualTo("listener completes reply [" + reply.handle() + "]");
    assertThat(waiter.completes()).contains(reply.handle());
    request.trigger();
    assertThat(reply.status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void explain_guarded_waitsForWhatTheGuardingThreadAwaits() throws Exception {
    Event input = events.newEvent("input");
    Event output = events.newEvent("output");
    try (var workers = new Workers()) {
      workers.start(
          Workers.Kind.PLATFORM,
          "loader",
          () -> {
            try (var guard = output.guard()) {
              input.await();
              guard.trigger();
            }
          });
      untilWaiting(input, 1);
      Explanation explanation = events.explain(output);
      assertThat(explanation.guardedBy().orElseThrow()).startsWith("thread \"loader\"");
      assertThat(explanation.waitsFor())
          .singleElement()
          .satisfies(e -> assertThat(e.handle()).isEqualTo(input.handle()));
      input.trigger();
    }
    assertThat(events.explain(output).guardedBy()).isEmpty();
  }

  @Test
  void explain_guardReleased_namesNobody() {
    Event event = events.guard("load").release();
    assertThat(events.explain(event).guardedBy()).isEmpty();
    event.trigger();
  }

  @Test
  void explain_longChain_isCutAndCounted() {
    Event source = events.newEvent("source");
    Event end = source;
    for (int i = 0; i < 1_000; i++) {
      end = events.merge(end);
    }
    assertThat(events.explain(end).cut()).isPositive();
    assertThat(events.explain(end).toString()).contains(" more left out)");
    assertThat(events.explain(source).toString().lines().count()).isLessThan(100);
    source.trigger();
  }

  @Test
  void explain_manyWaiters_areCutAndCounted() {
    Event event = events.newEvent("popular");
    for (int i = 0; i < 5_000; i++) {
      event.whenComplete(poison -> {});
    }
    Explanation explanation = events.explain(event);
    assertThat(explanation.waiters().size() + explanation.cut()).isEqualTo(5_000);
    assertThat(explanation.waiters()).hasSize(1_000);
    event.trigger();
  }

  @Test
  void explain_mergeOfMany_listsAllInputsAndTheMerge() {
    var inputs = new ArrayList<Event>();
    for (int i = 0; i < 40; i++) {
      inputs.add(events.newEvent("input " + i));
    }
    Event merged = events.merge(inputs);
    assertThat(events.explain(merged).waitsFor())
        .extracting(Explanation::handle)
        .containsExactlyInAnyOrderElementsOf(inputs.stream().map(Event::handle).toList());
    assertThat(events.explain(inputs.get(39)).waiters())
        .singleElement()
        .satisfies(w -> assertThat(w.completes()).contains(merged.handle()));
    inputs.forEach(Event::trigger);
  }

  @Test
  void explain_removedListener_isNotListed() {
    Event event = events.newEvent();
    event.whenComplete(poison -> {});
    Registration removed = event.whenComplete(poison -> {});
    event.whenComplete(poison -> {});
    removed.remove();
    assertThat(events.explain(event).waiters()).hasSize(2);
  }

  @Test
  void pendingOlderThan_zero_listsWhatIsPending() {
    Event pending = events.newEvent("pending");
    events.newEvent().trigger();
    assertThat(events.pendingOlderThan(Duration.ZERO)).containsExactly(pending);
    assertThat(events.pendingOlderThan(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void pendingOlderThan_manyEvents_listsTenThousand() {
    for (int i = 0; i < 12_000; i++) {
      events.newEvent();
    }
    assertThat(events.pendingOlderThan(Duration.ZERO)).hasSize(10_000);
  }
}
