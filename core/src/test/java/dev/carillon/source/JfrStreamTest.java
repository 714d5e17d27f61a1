package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of the Flight Recorder. */
class JfrStreamTest {
  private final List<Item<JfrEvent>> items = new CopyOnWriteArrayList<>();

  /** An event with fields. */
  @Name("test.Sold")
  @StackTrace(false)
  static final class Sold extends Event {
    String what;
    int number;
    Class<?> type;

    static void commit(int number) {
      var sold = new Sold();
      sold.what = "x".repeat(JfrFields.LONGEST_TEXT + 1);
      sold.number = number;
      sold.type = String.class;
      sold.commit();
    }
  }

  private Source<JfrEvent> open(JfrStream kind, Positions positions) {
    return Source.open(kind, Outlet.<JfrEvent>handler(items::add), s -> s.withPositions(positions));
  }

  private void awaitItems(int number) {
    await().atMost(Patience.LONG).until(() -> items.size() >= number);
  }

  private List<Object> numbers() {
    return items.stream().map(item -> item.payload().fields().get("number")).toList();
  }

  @Test
  @Covers({"C14", "C29"})
  void here_events_comeAsPlainValues() throws InterruptedException {
    JfrStream kind =
        JfrStream.here()
            .event("test.Sold")
            .event("jdk.ThreadSleep", Duration.ofDays(1))
            .periodic("jdk.JVMInformation", Duration.ofMillis(100));
    try (var source = open(kind, Positions.inMemory())) {
      source.start();
      assertThat(source.awaitReady(Patience.LONG)).isTrue();
      Sold.commit(1);
      Sold.commit(2);
      await()
          .atMost(Patience.LONG)
          .until(() -> items.stream().map(item -> item.payload().name()).distinct().count() == 2);
      await().atMost(Patience.LONG).until(() -> numbers().contains(2));
      assertThat(source.position()).isEmpty();
    }
    Item<JfrEvent> item =
        items.stream()
            .filter(i -> i.payload().name().equals("test.Sold"))
            .findFirst()
            .orElseThrow();
    JfrEvent sold = item.payload();
    assertThat(sold.fields())
        .containsEntry("number", 1)
        .containsEntry("what", "x".repeat(JfrFields.LONGEST_TEXT))
        .containsEntry("type", "java.lang.String")
        .doesNotContainKeys("startTime", "stackTrace");
    assertThat(sold.thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(item.allHeaders()).containsEntry(Origin.TIME, sold.start().toString());
    JfrEvent jvm =
        items.stream()
            .map(Item::payload)
            .filter(e -> e.name().equals("jdk.JVMInformation"))
            .findFirst()
            .orElseThrow();
    assertThat(jvm.fields().get("jvmStartTime")).isInstanceOf(java.time.Instant.class);
  }

  @Test
  @Covers({"C14"})
  void file_afterARestart_goesOnBehindItsPosition(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("recording.jfr");
    try (var recording = new Recording()) {
      recording.enable(Sold.class).withoutThreshold();
      recording.start();
      for (int i = 0; i < 100; i++) {
        Sold.commit(i);
      }
      recording.dump(file);
    }
    Positions positions = Positions.inMemory();
    var some = new CountDownLatch(1);
    try (var first =
        Source.open(
            JfrStream.file(file).event("test.Sold"),
            Outlet.<JfrEvent>handler(item -> {
              items.add(item);
              if (items.size() == 40) {
                some.countDown();
                new CountDownLatch(1).await();
              }
            }),
            s -> s.withPositions(positions).withGrace(Duration.ZERO))) {
      first.start();
      Patience.await(some);
    }
    items.removeLast(); // which was not taken care of
    try (var second = open(JfrStream.file(file).event("test.Sold"), positions)) {
      second.start();
      await().atMost(Patience.LONG).until(() -> second.state() == SourceState.ENDED);
    }
    assertThat(numbers())
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 100).<Object>mapToObj(i -> i).toList());
    assertThat(items.getFirst().origin().resource()).isEqualTo(file.toUri().toString());
  }

  @Test
  void repository_firstEventFails_isToldAgain() throws Exception {
    try (var recording = new Recording()) {
      recording.enable(Sold.class).withoutThreshold();
      recording.start();
      Path repository = Path.of(System.getProperty("jdk.jfr.repository"));
      try (var _ = new CapturedLog("dev.carillon.source");
          var source =
              Source.open(
                  JfrStream.repository(repository).event("test.Sold"),
                  Outlet.<JfrEvent>handler(item -> {
                    items.add(item);
                    if (items.size() == 1) {
                      throw new IllegalStateException("as it should");
                    }
                  }),
                  s -> s.withRestart(Failing.SOON).onItemFailure(OnItemFailure.STOP))) {
        source.start();
        assertThat(source.awaitReady(Patience.LONG)).isTrue();
        Sold.commit(1);
        awaitItems(1);
        Patience.until("it runs again", () -> source.stats().starts() == 2);
        Sold.commit(2);
        awaitItems(3);
      }
      assertThat(numbers()).containsExactly(1, 1, 2);
    }
  }

  @Test
  void stop_whileAHandlerIsSlow_ends() throws InterruptedException {
    var begun = new CountDownLatch(1);
    try (var source =
        Source.open(
            JfrStream.here().event("test.Sold"),
            Outlet.<JfrEvent>handler(_ -> {
              begun.countDown();
              new CountDownLatch(1).await();
            }),
            s -> s.withWindow(2).withGrace(Duration.ZERO))) {
      source.start().awaitReady(Patience.LONG);
      for (int i = 0; i < 10; i++) {
        Sold.commit(i);
      }
      Patience.await(begun);
      await().atMost(Patience.LONG).until(() -> source.stats().waits() == 1);
      assertThat(source.stats().underWay()).isEqualTo(2);
      source.stop();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
    }
  }

  @Test
  void file_thatIsMissing_fails(@TempDir Path directory) {
    try (var source = open(JfrStream.file(directory.resolve("none.jfr")), Positions.inMemory())) {
      source.start();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow()).hasMessageContaining("none.jfr");
    }
  }

  @Test
  void settings_outsideTheirRange_areRefused() {
    JfrStream here = JfrStream.here();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> here.event("jdk.FileRead", Duration.ofMillis(-1)))
        .withMessage("threshold must not be negative: threshold=PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> here.periodic("jdk.CPULoad", Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> here.event(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> here.keeping(Duration.ofDays(1), 0));
  }
}
