package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.Carillon;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.event.Event;
import dev.carillon.schedule.Bulkhead;
import dev.carillon.schedule.CircuitBreaker;
import dev.carillon.schedule.Retry;
import dev.carillon.schedule.Schedule;
import dev.carillon.source.Item;
import dev.carillon.source.LineStream;
import dev.carillon.source.Outlet;
import dev.carillon.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A bound function wherever a callable is taken. */
class BoundInUseTest {
  /** What was called, of this test. */
  private final Queue<String> called = new ConcurrentLinkedQueue<>();

  private final Bound<String> note = Bound.of(BoundInUseTest::note).bindNext(called);
  private final Bound<String> ready = note.bindNext("now");

  private static String note(Queue<String> called, @Nullable Object what) {
    called.add(String.valueOf(what));
    return "noted " + what;
  }

  @Test
  @Covers("S7")
  void scheduler_takesIt_forTasksAndRepetitionsAndWhatUndoesThem() throws Exception {
    try (var carillon = Carillon.open()) {
      var scheduler = carillon.scheduler();
      assertThat(scheduler.submit(ready).await(Patience.LONG)).isTrue();
      assertThat(scheduler.call(o -> o.named("asked"), ready).await()).isEqualTo("noted now");
      var failing = Bound.of(BoundInUseTest::fail);
      Event undone = scheduler.submit(o -> o.undoneBy(note::call), failing);
      assertThatThrownBy(undone::await).hasMessageContaining("no disk");
      try (var _ = scheduler.repeat(o -> o, Schedule.fixedDelay(Duration.ofMillis(1)), ready)) {
        Patience.until("it was repeated", () -> called.size() >= 4);
      }
      assertThat(called).anyMatch(what -> what.contains("no disk"));
    }
  }

  private static String fail() throws IOException {
    throw new IOException("no disk");
  }

  @Test
  @Covers("S7")
  void gates_takeIt() throws Exception {
    assertThat(Retry.DEFAULT.call(ready)).isEqualTo("noted now");
    assertThat(CircuitBreaker.of("disk", c -> c).call(ready)).isEqualTo("noted now");
    assertThat(Bulkhead.of("disk", 1).call(ready)).isEqualTo("noted now");
    assertThat(called).hasSize(3);
  }

  @Test
  @Covers("S7")
  void handlers_areItsCallWithOneArgument() throws Exception {
    try (var carillon = Carillon.open()) {
      var topic = Topic.of("notes", String.class);
      var payloads = Bound.of(BoundInUseTest::payload).bindNext(called);
      try (var _ = carillon.bus().subscribe(topic, payloads::call);
          var lane = carillon.scheduler().<String>lane(o -> o, note::call)) {
        carillon.bus().publish(topic, "by the bus");
        lane.put("by a lane");
        Patience.until("both have come", () -> called.size() == 2);
      }
    }
    assertThat(called).containsExactlyInAnyOrder("by the bus", "[by a lane]");
  }

  private static String payload(Queue<String> called, Message<String> message) {
    return note(called, message.payload());
  }

  @Test
  @Covers("S7")
  void sources_takeIt() throws Exception {
    Bound<InputStream> text = Bound.of(BoundInUseTest::stream).bindNext("a\nb\n");
    var items = Bound.of(BoundInUseTest::item).bindNext(called);
    try (var source = Source.open(LineStream.opening(text), Outlet.handler(items::call))) {
      source.start();
      Patience.until("both lines have come", () -> called.size() == 2);
    }
    assertThat(called).containsExactly("a", "b");
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String item(Queue<String> called, Item<String> item) {
    return note(called, item.payload());
  }
}
