package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The events of the flight recorder. */
class FlightRecorderTest {
  private static final List<String> ALL =
      Stream.of("EventPoisoned", "SlowListener", "EventLeaked", "LongPending")
          .map(name -> "carillon." + name)
          .toList();

  @TempDir private Path directory;

  /** {@return what is recorded of a system with that name while an action runs} */
  private List<RecordedEvent> record(String system, Workers.Task action) throws Exception {
    Path file = directory.resolve("test.jfr");
    try (var recording = new Recording()) {
      ALL.forEach(name -> recording.enable(name).withThreshold(Duration.ZERO));
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    return read(file).stream().filter(e -> system.equals(e.getString("system"))).toList();
  }

  private static List<RecordedEvent> read(Path file) throws IOException {
    return RecordingFile.readAllEvents(file).stream()
        .filter(e -> ALL.contains(e.getEventType().getName()))
        .toList();
  }

  private static RecordedEvent only(List<RecordedEvent> recorded, String type) {
    assertThat(recorded).extracting(e -> e.getEventType().getName()).containsExactly(type);
    return recorded.getFirst();
  }

  @Test
  void poison_recording_isRecorded() throws Exception {
    try (var events = EventSystem.create(c -> c.withName("poisoning"))) {
      Event event = events.newEvent("load");
      var recorded =
          record(
              "poisoning",
              () -> {
                event.poison("disk full");
                event.poison("again");
                events.newEvent().trigger();
              });
      RecordedEvent poisoned = only(recorded, "carillon.EventPoisoned");
      assertThat(poisoned.getString("event")).isEqualTo(event.handle().toString());
      assertThat(poisoned.getString("name")).isEqualTo("load");
      assertThat(poisoned.getString("reason")).isEqualTo("disk full");
    }
  }

  @Test
  void listener_recording_isRecordedWithItsDuration() throws Exception {
    try (var events = EventSystem.create(c -> c.withName("listening"))) {
      Event event = events.newEvent();
      event.whenComplete(new Slow());
      RecordedEvent slow = only(record("listening", event::trigger), "carillon.SlowListener");
      assertThat(slow.getString("listener")).isEqualTo(Slow.class.getName());
      assertThat(slow.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
    }
  }

  private static final class Slow implements CompletionListener {
    @Override
    public void completed(Poison poison) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < 2_000_000) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void await_recording_isRecordedWithItsDuration() throws Exception {
    try (var events = EventSystem.create(c -> c.withName("waiting"))) {
      Event event = events.newEvent();
      var recorded = record("waiting", () -> event.await(Duration.ofMillis(2)));
      RecordedEvent pending = only(recorded, "carillon.LongPending");
      assertThat(pending.getString("event")).isEqualTo(event.handle().toString());
      assertThat(pending.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
    }
  }

  @Test
  void drop_recording_isRecorded() throws Exception {
    var events = EventSystem.create(c -> c.withName("leaking").withTraceEvery(1));
    var recorded =
        record(
            "leaking",
            () -> {
              events.newEvent();
              Patience.until(
                  "found",
                  () -> {
                    System.gc();
                    return events.stats().poisoned() == 1;
                  });
              events.close(); // waits for the thread that records
            });
    assertThat(recorded)
        .extracting(e -> e.getEventType().getName())
        .containsExactlyInAnyOrder("carillon.EventPoisoned", "carillon.EventLeaked");
  }

  @Test
  void defaults_shortWaitsAndListeners_areNotRecorded() throws Exception {
    Path file = directory.resolve("default.jfr");
    try (var events = EventSystem.create(c -> c.withName("quiet"));
        var recording = new Recording()) {
      ALL.forEach(recording::enable);
      recording.start();
      Event event = events.newEvent();
      event.whenComplete(poison -> {});
      event.await(Duration.ofMillis(1));
      event.trigger();
      recording.stop();
      recording.dump(file);
      assertThat(read(file)).noneMatch(e -> "quiet".equals(e.getString("system")));
    }
  }
}
