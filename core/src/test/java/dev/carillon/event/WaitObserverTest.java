package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Observing threads that block. */
class WaitObserverTest {
  private final EventSystem events = EventSystem.create();
  private final List<String> seen = new ArrayList<>();

  @AfterEach
  void close() {
    events.close();
  }

  private Runnable note(EventHandle event, String what) {
    seen.add(what + " " + event);
    return () -> seen.add("after " + event);
  }

  @Test
  void await_ofAPendingEvent_isToldBeforeAndAfter() throws Exception {
    Event event = events.newEvent();
    events.observeWaits(handle -> {
      Runnable after = note(handle, "before");
      event.trigger(); // so that the wait ends
      return after;
    });
    event.await();
    assertThat(seen).containsExactly("before " + event.handle(), "after " + event.handle());
  }

  @Test
  void await_thatDoesNotBlock_isNotTold() throws Exception {
    events.observeWaits(handle -> note(handle, "before"));
    Event event = events.newEvent();
    assertThat(event.await(Duration.ZERO)).isFalse();
    event.trigger();
    event.await();
    assertThat(seen).isEmpty();
  }

  @Test
  void observer_thatPoisons_endsTheWait() {
    Event event = events.newEvent();
    events.observeWaits(handle -> {
      assertThat(events.event(handle).tryPoison("a circle")).isTrue();
      return null;
    });
    assertThatThrownBy(event::await)
        .isInstanceOf(PoisonedException.class)
        .hasMessageContaining("a circle");
  }

  @Test
  void timeoutAndInterrupt_areToldToo() throws Exception {
    Event event = events.newEvent();
    events.observeWaits(handle -> note(handle, "before"));
    assertThat(event.await(Duration.ofMillis(1))).isFalse();
    assertThat(seen).hasSize(2);
    seen.clear();
    var thread = Thread.currentThread();
    events.observeWaits(handle -> {
      thread.interrupt();
      return null;
    });
    assertThatThrownBy(event::await).isInstanceOf(InterruptedException.class);
    assertThat(seen).hasSize(2);
  }

  @Test
  void removed_isToldNoMore() throws Exception {
    Event event = events.newEvent();
    Registration place = events.observeWaits(handle -> note(handle, "before"));
    assertThat(place.remove()).isTrue();
    assertThat(place.remove()).isFalse();
    assertThat(event.await(Duration.ofMillis(1))).isFalse();
    assertThat(seen).isEmpty();
  }

  @Test
  void observer_thatThrows_isLoggedAndStopsNobody() throws Exception {
    Event event = events.newEvent();
    events.observeWaits(_ -> {
      throw new IllegalStateException("broken");
    });
    events.observeWaits(handle -> note(handle, "before"));
    try (var log = new CapturedLog("dev.carillon.event")) {
      assertThat(event.await(Duration.ofMillis(1))).isFalse();
      assertThat(log.messages()).anyMatch(m -> m.contains("an observer of waits failed"));
    }
    assertThat(seen).hasSize(2);
  }
}
