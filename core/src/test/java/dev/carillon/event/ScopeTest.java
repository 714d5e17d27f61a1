package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Workers;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that are poisoned with a parent. */
class ScopeTest {
  private final EventSystem events = Systems.unhurried();
  private final Event parent = events.newEvent("request");
  private final EventScope scope = events.scope(parent);

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void parentPoisoned_pendingChildren_arePoisonedWithIt() {
    Event child = scope.newEvent("query");
    Event done = scope.newEvent();
    done.trigger();
    assertThat(scope.parent()).isEqualTo(parent);
    assertThat(scope.pending()).isEqualTo(1);
    parent.poison("client left");
    Poison poison = child.poison().orElseThrow();
    assertThat(poison.reason()).isEqualTo("the parent of its scope failed: client left");
    assertThat(poison.name()).contains("query");
    assertThat(poison.rootCauses()).containsExactly(parent.poison().orElseThrow());
    assertThat(done.status()).isEqualTo(TRIGGERED);
    assertThat(scope.pending()).isZero();
  }

  @Test
  void parentTriggered_children_areLeftAlone() {
    Event child = scope.newEvent();
    parent.trigger();
    assertThat(child.status()).isEqualTo(PENDING);
    assertThat(scope.pending()).isZero();
    scope.close();
    assertThat(child.status()).isEqualTo(PENDING);
    child.trigger();
  }

  @Test
  void newEvent_afterParentPoisoned_isPoisonedAtOnce() {
    parent.poison("client left");
    assertThat(scope.newEvent().status()).isEqualTo(POISONED);
    assertThat(scope.newEvent("late").poison().orElseThrow().reason()).contains("client left");
  }

  @Test
  void newEvent_afterParentTriggered_isPendingOutsideTheScope() {
    parent.trigger();
    Event child = scope.newEvent();
    assertThat(child.status()).isEqualTo(PENDING);
    assertThat(scope.pending()).isZero();
  }

  @Test
  void scope_ofAPoisonedParent_poisonsAtOnce() {
    Event failed = events.newEvent();
    failed.poison("before");
    try (var late = events.scope(failed)) {
      assertThat(late.newEvent().poison().orElseThrow().reason()).contains("before");
    }
  }

  @Test
  void adopt_pendingEvent_becomesAChild() {
    Event event = events.newEvent();
    assertThat(scope.adopt(event)).isSameAs(event);
    assertThat(scope.pending()).isEqualTo(1);
    parent.poison("client left");
    assertThat(event.status()).isEqualTo(POISONED);
  }

  @Test
  void adopt_completeEvent_isNoChild() {
    Event event = events.newEvent();
    event.trigger();
    scope.adopt(event);
    assertThat(scope.pending()).isZero();
  }

  @Test
  void adopt_eventOfAnotherSystem_throws() {
    try (var others = EventSystem.create()) {
      Event foreign = others.newEvent();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scope.adopt(foreign))
          .withMessageContaining("a scope holds events of one system")
          .withMessageContaining(foreign.handle().toString());
    }
  }

  @Test
  void close_pendingChildren_arePoisoned() {
    Event child = scope.newEvent();
    scope.close();
    scope.close();
    assertThat(child.poison().orElseThrow().reason()).isEqualTo("its scope was closed");
    assertThat(parent.status()).isEqualTo(PENDING);
    assertThat(scope.newEvent().status()).isEqualTo(POISONED);
    assertThat(events.explain(parent).waiters()).isEmpty();
    parent.trigger();
  }

  @Test
  void scopes_nested_poisonReachesTheGrandchildren() {
    Event child = scope.newEvent("child");
    Event grandchild = events.scope(child).newEvent("grandchild");
    parent.poison("client left");
    assertThat(grandchild.poison().orElseThrow().rootCauses())
        .containsExactly(parent.poison().orElseThrow());
  }

  @Test
  void child_completed_leavesTheScope() {
    for (int i = 0; i < 10_000; i++) {
      scope.newEvent().trigger();
    }
    assertThat(scope.pending()).isZero();
    assertThat(events.stats().waiters()).isEqualTo(1); // the scope's own, on the parent
  }

  @Test
  void parentPoisoned_listenerOfAChildThrowsAnError_reachesTheOthers() {
    List<Event> children = IntStream.range(0, 10).mapToObj(i -> scope.newEvent()).toList();
    children.forEach(child ->
        child.whenComplete(poison -> {
          throw new AssertionError("mine");
        }));
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> parent.poison("client left"));
    assertThat(children).allMatch(child -> child.status() == POISONED);
  }

  @Test
  void newEvent_whileParentIsPoisoned_nobodyIsMissed() throws Exception {
    for (int round = 0; round < 200; round++) {
      Event request = events.newEvent();
      EventScope raced = events.scope(request);
      var children = new ConcurrentLinkedQueue<Event>();
      try (var workers = new Workers()) {
        var start = new CyclicBarrier(3);
        for (int t = 0; t < 2; t++) {
          workers.start(() -> {
            start.await();
            for (int i = 0; i < 50; i++) {
              children.add(raced.newEvent());
            }
          });
        }
        workers.start(() -> {
          start.await();
          request.poison("race");
        });
      }
      assertThat(children).hasSize(100).allMatch(child -> child.status() == POISONED);
      assertThat(raced.pending()).isZero();
    }
  }
}
