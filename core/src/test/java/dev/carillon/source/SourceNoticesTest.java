package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.BusNotice;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.time.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a source tells of itself, and what its messages tell of where they came from. */
class SourceNoticesTest {
  private static final Topic<Integer> NUMBERS = Topic.of("test.numbers", Integer.class);

  @Test
  @Covers({"C14"})
  void states_ofASourceOfABus_areNoticesThere() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    var runs = new AtomicInteger();
    var go = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          if (runs.incrementAndGet() == 1) {
            throw new IllegalStateException("as it should");
          }
          go.await();
          intake.emit(intake.item(1));
          intake.awaitStop();
        };
    Retry soon = Retry.DEFAULT.withBackoff(Backoff.fixed(Duration.ofMillis(1)));
    try (var _ = new CapturedLog("dev.carillon.source");
        var bus = Bus.open()) {
      bus.subscribe(
          TopicPattern.of("$bus.source.*"),
          BusNotice.Reported.class,
          m -> {
            assertThat(m.topic().name()).endsWith("." + m.payload().state());
            heard.add(m.payload().name() + " " + m.payload().state());
          },
          s -> s.direct());
      var source =
          Source.open(
              kind,
              Outlet.to(bus.child("shop"), NUMBERS),
              s -> s.named("till").withRestart(soon).idleAfter(Duration.ofMillis(5)));
      source.start();
      Patience.until("it is idle", () -> source.state() == SourceState.IDLE);
      go.countDown();
      Patience.until("it is idle again", () -> heard.size() == 6);
      source.close();
      assertThat(heard)
          .containsExactly(
              "till connected",
              "till failing",
              "till connected",
              "till idle",
              "till connected",
              "till idle",
              "till stopped");
    }
  }

  @Test
  void notices_ofABusThatIsClosed_areNotMissed() throws Exception {
    var bus = Bus.open();
    var source = Source.open(Kinds.waiting(), Outlet.<Integer>to(bus, NUMBERS));
    try (var log = new CapturedLog("dev.carillon.source")) {
      source.start().awaitReady(LONG);
      bus.close();
      source.close();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void report_ofWhatIsNoToken_isRefused() {
    assertThatThrownBy(() -> new BusNotice.Reported("a.b", "on", "x", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kind=\"a.b\"");
    assertThatThrownBy(() -> new BusNotice.Reported("a", "on.off", "x", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state=\"on.off\"");
    assertThatThrownBy(() -> new BusNotice.Reported("a", "not a token", "x", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Covers({"C29"})
  void message_ofAnItem_carriesWhereItCameFrom() throws Exception {
    var heard = new AtomicReference<Message<Integer>>();
    Instant when = Instant.parse("2026-01-02T03:04:05Z");
    SourceKind<Integer> kind =
        new SourceKind<>() {
          @Override
          public void run(Intake<Integer> intake) throws Exception {
            Origin origin =
                intake.origin().withResource("file:///in/1").withUser("ann").withSystem("till-3");
            intake.emit(
                intake
                    .item(1)
                    .from(origin)
                    .withTime(when)
                    .withPosition("17")
                    .withHeader("colour", "red")
                    .withHeaders(Map.of("size", "9")));
          }

          @Override
          public String kind() {
            return "test-kind";
          }
        };
    try (var bus = Bus.open();
        var source = Source.open(kind, Outlet.to(bus, NUMBERS), s -> s.named("till"))) {
      bus.subscribe(NUMBERS, heard::set);
      source.start();
      Patience.until("it is heard", () -> heard.get() != null);
    }
    assertThat(heard.get().headers())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "source-name", "till",
                "source-kind", "test-kind",
                "source-resource", "file:///in/1",
                "source-user", "ann",
                "source-system", "till-3",
                "source-time", "2026-01-02T03:04:05Z",
                "source-position", "17",
                "colour", "red",
                "size", "9"));
  }

  @Test
  void idle_comesAfterThatTimeWithoutItems_andEndsWithTheNext() throws Exception {
    var clock = new ManualClock();
    var inside = new AtomicReference<Intake<Integer>>();
    SourceKind<Integer> kind =
        intake -> {
          inside.set(intake);
          intake.ready();
          intake.awaitStop();
        };
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>direct(_ -> {}),
            s -> s.withClock(clock).idleAfter(Duration.ofSeconds(10)))) {
      source.start().awaitReady(LONG);
      for (int round = 0; round < 3; round++) {
        clock.advance(Duration.ofSeconds(9));
        assertThat(source.state()).isEqualTo(SourceState.CONNECTED);
        inside.get().emit(inside.get().item(1));
        clock.advance(Duration.ofSeconds(9)); // the look at 10 s finds that one came
        assertThat(source.state()).isEqualTo(SourceState.CONNECTED);
        clock.advance(Duration.ofSeconds(11));
        assertThat(source.state()).isEqualTo(SourceState.IDLE);
        inside.get().emit(inside.get().item(2));
        assertThat(source.state()).isEqualTo(SourceState.CONNECTED);
      }
      assertThat(source.stats().lastItem()).isEqualTo(clock.now());
    }
  }

  @Test
  void idle_ofASourceThatFailsOften_keepsOneTimer() throws Exception {
    var clock = new ManualClock();
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          if (runs.incrementAndGet() < 100) {
            throw new IllegalStateException("as it should");
          }
          intake.awaitStop();
        };
    Retry soon =
        Retry.DEFAULT.withMaxAttempts(1_000).withBackoff(Backoff.fixed(Duration.ofMillis(1)));
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                kind,
                Outlet.<Integer>direct(_ -> {}),
                s -> s.withClock(clock).withRestart(soon).idleAfter(Duration.ofDays(1)))) {
      source.start();
      Patience.until(
          "it stays",
          () -> {
            clock.advance(Duration.ofMillis(1));
            return runs.get() == 100 && source.state() == SourceState.CONNECTED;
          });
      var timers = SharedTimers.acquire(clock);
      assertThat(timers.pending()).isEqualTo(1);
      SharedTimers.release(clock);
    }
  }

  @Test
  void listener_thatThrows_keepsNobodyElseFromHearing() throws Exception {
    List<SourceState> heard = new CopyOnWriteArrayList<>();
    SourceListener broken =
        change -> {
          heard.add(change.to());
          throw new AssertionError("as it should");
        };
    try (var log = new CapturedLog("dev.carillon.source")) {
      var source =
          Source.open(
              Kinds.waiting(), Outlet.<Integer>direct(_ -> {}), s -> s.withListener(broken));
      source.start().awaitReady(LONG);
      source.close();
      assertThat(heard)
          .containsExactly(SourceState.STARTING, SourceState.CONNECTED, SourceState.STOPPED);
      assertThat(log.messages()).hasSize(3);
    }
  }

  @Test
  @Covers({"C38"})
  void refuse_counts_andLogsOneHarmlessLineASecond() throws Exception {
    SourceKind<Integer> kind =
        intake -> {
          for (int i = 0; i < 1_000; i++) {
            intake.refuse("max-body", "from 10.0.0.1\nsource \"x\" is fine" + "y".repeat(10_000));
            intake.refuse("made-up-" + i, "of what came in");
          }
        };
    try (var log = new CapturedLog("dev.carillon.source");
        var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      Map<String, Long> refused = source.stats().refused();
      assertThat(refused).hasSize(65).containsEntry("max-body", 1_000L);
      assertThat(refused.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2_000);
      assertThat(log.messages()).hasSizeLessThan(200);
      assertThat(log.messages()).noneMatch(line -> line.contains("\n") || line.length() > 1_000);
      assertThat(source.explain()).contains("refused by max-body: 1000");
    }
  }

  @Test
  void items_thatFailInAFlood_areCounted_andLoggedOnceASecond() throws Exception {
    try (var log = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                Kinds.counter(2_000),
                Outlet.<Integer>direct(_ -> {
                  throw new IllegalStateException("as it should");
                }))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(source.stats().failed()).isEqualTo(2_000);
      assertThat(log.messages()).hasSizeBetween(1, 60);
    }
  }

  @Test
  void address_isKnownWhileItIsConnected() throws Exception {
    var where = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
    SourceKind<Integer> kind =
        intake -> {
          intake.ready(where);
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      assertThat(source.address()).isEmpty();
      source.start().awaitReady(LONG);
      assertThat(source.address()).contains(where);
      assertThat(source.explain()).contains("CONNECTED at ").contains("4711");
      source.stop();
      assertThat(source.address()).isEmpty();
    }
  }
}
