package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What opens with a system and must be gone when it is closed. */
class LifecycleTest {
  private static final Duration NEVER = Duration.ofDays(365);

  /** {@return the live threads that a system of that name started} */
  private static List<String> threadsOf(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(thread -> thread.startsWith("carillon-" + name + "-"))
        .toList();
  }

  @Test
  void create_unused_startsNoThread() {
    try (var events = EventSystem.create(c -> c.withName("unused").withTraceEvery(0))) {
      events.newEvent().trigger();
      assertThat(threadsOf("unused")).isEmpty();
    }
  }

  @Test
  void close_afterTimersAndTracing_leavesNoThread() {
    for (int i = 0; i < 20; i++) {
      try (var events = EventSystem.create(c -> c.withName("busy").withTraceEvery(1))) {
        events.newEvent().orPoisonAfter(NEVER);
        assertThat(threadsOf("busy"))
            .containsExactlyInAnyOrder("carillon-busy-timers", "carillon-busy-leaks");
      }
      assertThat(threadsOf("busy")).isEmpty();
    }
  }

  @Test
  void close_insideATimersListener_leavesNoThread() throws Exception {
    var events = EventSystem.create(c -> c.withName("self"));
    var closed = new CountDownLatch(1);
    events
        .after(Duration.ofMillis(1))
        .whenComplete(poison -> {
          events.close();
          closed.countDown();
        });
    Patience.await(closed);
    Patience.until("no thread", () -> threadsOf("self").isEmpty());
  }

  @Test
  void close_interrupted_stillWaitsForItsThreadsAndKeepsTheFlag() {
    try (var workers = new Workers()) {
      workers.start(() -> {
        var events = EventSystem.create(c -> c.withName("interrupted").withTraceEvery(1));
        events.newEvent().orPoisonAfter(NEVER);
        Thread.currentThread().interrupt();
        events.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(threadsOf("interrupted")).isEmpty();
      });
    }
  }

  @Test
  void close_byManyThreads_leavesNoThread() {
    var events = EventSystem.create(c -> c.withName("many").withTraceEvery(1));
    events.newEvent().orPoisonAfter(NEVER);
    try (var workers = new Workers()) {
      for (int i = 0; i < 8; i++) {
        workers.start(() -> {
          events.close();
          assertThat(threadsOf("many")).isEmpty();
        });
      }
    }
  }

  @Test
  @Covers({"V10", "V11"})
  void create_withOwner_isInEveryHandle() {
    try (var events = EventSystem.create(c -> c.withOwner(0xCAFEL))) {
      assertThat(events.owner()).isEqualTo(0xCAFEL);
      assertThat(events.config().owner()).isEqualTo(0xCAFEL);
      assertThat(events.newEvent().handle().owner()).isEqualTo(0xCAFEL);
      assertThat(events.merge(events.newEvent()).handle().owner()).isEqualTo(0xCAFEL);
      assertThat(events.newEvent().handle()).asString().startsWith("evt:000000000000cafe/");
    }
  }

  @Test
  @Covers("V10")
  void create_withoutOwner_isGivenADifferentOneEachTime() {
    try (var one = EventSystem.create();
        var other = EventSystem.create()) {
      assertThat(one.owner()).isNotZero().isNotEqualTo(other.owner());
    }
  }

  @Test
  void event_ofAnotherOwner_throwsNamingBoth() {
    try (var one = EventSystem.create(c -> c.withOwner(1));
        var other = EventSystem.create(c -> c.withOwner(2))) {
      EventHandle foreign = other.newEvent().handle();
      assertUnknownOwner(() -> one.event(foreign));
      assertUnknownOwner(() -> one.raw().raw(foreign));
      assertUnknownOwner(() -> one.merge(other.newEvent()));
      assertUnknownOwner(() -> one.scope(other.newEvent()));
      assertUnknownOwner(() -> one.explain(other.newEvent()));
      assertThat(one.stats().pending()).isZero();
    }
  }

  private static void assertUnknownOwner(Runnable call) {
    assertThatExceptionOfType(UnknownOwnerException.class)
        .isThrownBy(call::run)
        .withMessageContaining("handleOwner=0000000000000002 systemOwner=0000000000000001")
        .satisfies(e -> assertThat(e.handleOwner()).isEqualTo(2))
        .satisfies(e -> assertThat(e.systemOwner()).isEqualTo(1));
  }

  @Test
  void toString_namesTheSystem() {
    try (var events = EventSystem.create(c -> c.withName("trainer").withOwner(0xAB))) {
      assertThat(events).hasToString("EventSystem[trainer, owner=00000000000000ab]");
    }
  }
}
