package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What breaks a limit is refused and counted, and nobody else suffers. */
@Timeout(60)
class SocketLimitsTest {
  private static final String TOKEN = "0123456789abcdef";

  /** Both ways to serve. */
  enum Way { // used by other tests too
    REACTOR,
    PROACTOR;

    SourceKind<SocketMessage> with(UnaryOperator<SocketConfig> how) {
      return this == REACTOR ? SocketReactor.tcp(0).with(how) : SocketProactor.tcp(0).with(how);
    }
  }

  private final ManualClock clock = new ManualClock();

  private Source<SocketMessage> serve(Way way, UnaryOperator<SocketConfig> how) throws Exception {
    return SocketClient.serve(way.with(how), SocketClient.echo());
  }

  /** Serves on a clock that stands. */
  private Source<SocketMessage> serveTimed(
      Way way, Outlet<SocketMessage> outlet, UnaryOperator<SocketConfig> how) throws Exception {
    return SocketClient.serve(
        way.with(c -> how.apply(c.withIdleTimeout(Duration.ofHours(9)))),
        outlet,
        c -> c.withClock(clock));
  }

  private static long refused(Source<?> source, String rule) {
    return source.stats().refused().getOrDefault(rule, 0L);
  }

  private static void awaitRefused(Source<?> source, String rule, long count) {
    await().until(() -> refused(source, rule) == count);
  }

  /** Lets time pass until something was refused. */
  private void passUntilRefused(Source<?> source, String rule) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          clock.advance(Duration.ofMillis(500));
          return refused(source, rule) > 0;
        });
  }

  private static void assertServed(SocketClient client) throws IOException {
    client.write("still here\n");
    assertThat(client.readLine()).isEqualTo("still here");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void line_tooLong_endsItsConnectionOnly(Way way) throws Exception {
    try (var source = serve(way, c -> c.withFraming(Framing.lines(100)));
        var good = SocketClient.connect(source);
        var bad = SocketClient.connect(source);
        var endless = SocketClient.connect(source)) {
      assertServed(good);
      bad.write("first\n" + "x".repeat(101) + "\nnever seen\n");
      assertThat(bad.readLine()).isEqualTo("first");
      assertThat(bad.isAtEnd()).isTrue();
      endless.write("y".repeat(5000));
      assertThat(endless.isAtEnd()).isTrue();
      awaitRefused(source, "max-frame", 2);
      good.write("z".repeat(100) + "\r\n");
      assertThat(good.readLine()).hasSize(100);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void prefix_ofGarbage_endsItsConnectionAndCostsNoMemory(Way way) throws Exception {
    try (var source = serve(way, c -> c.withFraming(Framing.lengthPrefixed(1 << 20)))) {
      var garbage =
          List.of(
              new byte[] {-1, -1, -1, -1},
              new byte[] {127, -1, -1, -1, 1},
              new byte[] {0, 16, 0, 1},
              "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      for (byte[] bytes : garbage) {
        try (var client = SocketClient.connect(source)) {
          client.write(bytes);
          assertThat(client.isAtEnd()).isTrue();
        }
      }
      awaitRefused(source, "max-frame", garbage.size());
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void frame_thatTakesTooLong_isGivenUp(Way way) throws Exception {
    try (var source =
            serveTimed(way, SocketClient.echo(), c -> c.withFrameTimeout(Duration.ofSeconds(3)));
        var patient = SocketClient.connect(source);
        var loris = SocketClient.connect(source)) {
      assertServed(patient);
      loris.write("one\ntw");
      assertThat(loris.readLine()).isEqualTo("one");
      clock.advance(Duration.ofSeconds(2));
      loris.write("o");
      passUntilRefused(source, "frame-timeout");
      assertThat(loris.isAtEnd()).isTrue();
      assertServed(patient);
      assertThat(source.stats().refused()).containsOnlyKeys("frame-timeout");
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void connection_silentForTooLong_isClosed(Way way) throws Exception {
    try (var source =
            SocketClient.serve(
                way.with(c -> c.withIdleTimeout(Duration.ofSeconds(20))),
                SocketClient.echo(),
                c -> c.withClock(clock));
        var silent = SocketClient.connect(source)) {
      assertServed(silent);
      clock.advance(Duration.ofSeconds(19));
      assertServed(silent);
      passUntilRefused(source, "idle-timeout");
      assertThat(silent.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void connection_whoseFrameTookLong_isNotSilentForThat(Way way) throws Exception {
    var gate = new CountDownLatch(1);
    Outlet<SocketMessage> slow = Outlet.handler(_ -> gate.await());
    try (var source =
            SocketClient.serve(
                way.with(c -> c.withIdleTimeout(Duration.ofSeconds(20))),
                slow,
                c -> c.withClock(clock));
        var client = SocketClient.connect(source)) {
      client.write("slow\n");
      await().until(() -> source.stats().underWay() == 1);
      clock.advance(Duration.ofSeconds(30));
      gate.countDown();
      await().until(() -> source.stats().settled() == 1);
      clock.advance(Duration.ofSeconds(19));
      client.write("again\n");
      await().until(() -> source.stats().settled() == 2);
      assertThat(source.stats().refused()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void connections_overTheLimit_areClosedAtOnce(Way way) throws Exception {
    try (var source = serve(way, c -> c.withMaxConnections(2));
        var first = SocketClient.connect(source);
        var second = SocketClient.connect(source)) {
      assertServed(first);
      assertServed(second);
      try (var third = SocketClient.connect(source)) {
        assertThat(third.isAtEnd()).isTrue();
      }
      awaitRefused(source, "max-connections", 1);
      second.channel.close();
      await().until(() -> isServed(source));
      assertServed(first);
    }
  }

  private static boolean isServed(Source<?> source) throws IOException {
    try (var client = SocketClient.connect(source)) {
      client.write("hello\n");
      return client.readLine().equals("hello");
    } catch (IOException e) { // reset: it was one too many
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void connections_overTheLimitOfTheirAddress_areClosedAtOnce(Way way) throws Exception {
    try (var source = serve(way, c -> c.withMaxPerAddress(1));
        var first = SocketClient.connect(source)) {
      assertServed(first);
      try (var second = SocketClient.connect(source)) {
        assertThat(second.isAtEnd()).isTrue();
      }
      awaitRefused(source, "max-per-address", 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38", "C29"})
  void token_ofAUser_isAskedForFirst(Way way) throws Exception {
    List<Item<SocketMessage>> items = new CopyOnWriteArrayList<>();
    Outlet<SocketMessage> outlet =
        Outlet.direct(item -> {
          items.add(item);
          item.payload().reply(item.payload().data());
        });
    try (var source =
            serveTimed(
                way,
                outlet,
                c -> c.withTokens(Tokens.NONE.with("ann", TOKEN).with("bob", TOKEN + "0")));
        var ann = SocketClient.connect(source);
        var bob = SocketClient.connect(source);
        var thief = SocketClient.connect(source)) {
      ann.write(TOKEN + "\nhello\n");
      assertThat(ann.readLine()).isEqualTo("hello");
      bob.write(TOKEN + "0\nhi\n");
      assertThat(bob.readLine()).isEqualTo("hi");
      thief.write("0123456789abcdeg\nhello\n");
      assertThat(thief.isAtEnd()).isTrue();
      awaitRefused(source, "authentication", 1);
      assertThat(items).hasSize(2);
      assertThat(items.getFirst().payload().connection().user()).contains("ann");
      assertThat(items.getFirst().allHeaders())
          .containsEntry(Origin.USER, "ann")
          .containsEntry(Origin.SYSTEM, SocketRun.name(ann.channel.getLocalAddress()))
          .containsEntry(Origin.RESOURCE, "tcp://" + SocketRun.name(source.address().orElseThrow()))
          .containsKey(SocketMessage.CONNECTION);
      assertThat(items.getLast().origin().user()).isEqualTo("bob");
      try (var silent = SocketClient.connect(source)) {
        passUntilRefused(source, "authentication-timeout");
        assertThat(silent.isAtEnd()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void token_thatComesWhileThereIsNoRoom_isStillGood(Way way) throws Exception {
    var gate = new CountDownLatch(1);
    List<String> handled = new CopyOnWriteArrayList<>();
    Outlet<SocketMessage> outlet =
        Outlet.handler(item -> {
          gate.await();
          handled.add(item.payload().text());
        });
    try (var source =
            SocketClient.serve(
                way.with(c -> c.withTokens(Tokens.NONE.with("ann", TOKEN))),
                outlet,
                c -> c.withClock(clock).withWindow(1));
        var first = SocketClient.connect(source);
        var second = SocketClient.connect(source)) {
      first.write(TOKEN + "\none\nthree\n");
      await().until(() -> source.stats().underWay() == 1);
      second.write(TOKEN + "\ntwo\n");
      await().pollDelay(Duration.ofMillis(100)).until(() -> true); // until the token is there
      for (int i = 0; i < 60; i++) {
        clock.advance(Duration.ofMillis(500)); // far longer than a token may take
      }
      gate.countDown();
      await().until(() -> handled.size() == 3);
      assertThat(handled).containsExactlyInAnyOrder("one", "two", "three");
      assertThat(first.channel.isConnected()).isTrue();
      assertThat(source.stats().refused()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void frames_overTheirPace_waitAndAreNotLost(Way way) throws Exception {
    List<String> handled = new CopyOnWriteArrayList<>();
    try (var source =
            serveTimed(
                way,
                Outlet.direct(item -> handled.add(item.payload().text())),
                c -> c.withRates(10, 1 << 20));
        var client = SocketClient.connect(source)) {
      var sent = new ArrayList<String>();
      for (int i = 0; i < 60; i++) {
        sent.add(Integer.toString(i));
      }
      client.write(String.join("\n", sent) + "\n");
      awaitRefused(source, "max-rate", 1);
      assertThat(handled).hasSizeBetween(10, 11).isEqualTo(sent.subList(0, handled.size()));
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            clock.advance(Duration.ofMillis(100));
            return handled.size() == sent.size();
          });
      assertThat(handled).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void connections_overTheirPace_waitInTheBacklog(Way way) throws Exception {
    try (var source = serveTimed(way, SocketClient.echo(), c -> c.withAcceptRate(2))) {
      var clients = new ArrayList<SocketClient>();
      for (int i = 0; i < 8; i++) {
        clients.add(SocketClient.connect(source));
        clients.getLast().write("still here\n");
      }
      awaitRefused(source, "accept-rate", 1);
      assertThat(source.stats().taken()).isLessThanOrEqualTo(3);
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            clock.advance(Duration.ofMillis(100));
            return source.stats().taken() == clients.size();
          });
      for (SocketClient client : clients) {
        assertThat(client.readLine()).isEqualTo("still here");
        client.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void send_toOneThatDoesNotRead_isFullAndThenGivenUp(Way way) throws Exception {
    var connection = new AtomicReference<SocketConnection>();
    try (var source =
            serveTimed(
                way,
                Outlet.direct(item -> connection.set(item.payload().connection())),
                c -> c.withSendBuffer(1 << 20).withFraming(Framing.lengthPrefixed(1 << 20)));
        var client = SocketClient.connect(source)) {
      client.write(new byte[] {0, 0, 0, 1, 7});
      await().until(() -> connection.get() != null);
      byte[] frame = new byte[100_000];
      await()
          .until(() -> {
            SendResult result = SendResult.ACCEPTED;
            for (int i = 0; i < 10 && result == SendResult.ACCEPTED; i++) {
              result = connection.get().send(frame);
            }
            return result == SendResult.FULL;
          });
      assertThat(connection.get().isOpen()).isTrue();
      passUntilRefused(source, "write-timeout");
      await().until(() -> connection.get().send(frame) == SendResult.CLOSED);
      assertThat(connection.get().isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  @Covers({"C38"})
  void partsOfFrames_overWhatMayWait_endTheirConnection(Way way) throws Exception {
    try (var source = serve(way, c -> c.withMaxBuffered(16_000));
        var first = SocketClient.connect(source)) {
      first.write("x".repeat(6000));
      try (var second = SocketClient.connect(source)) {
        second.write("ok\n" + "y".repeat(20_000));
        assertThat(second.readLine()).isEqualTo("ok");
        assertThat(second.isAtEnd()).isTrue();
      }
      awaitRefused(source, "max-buffered", 1);
      first.write("\n");
      assertThat(first.readLine()).hasSize(6000);
      try (var third = SocketClient.connect(source)) { // what the second one had is given back
        third.write("y".repeat(6000) + "\n");
        assertThat(third.readLine()).hasSize(6000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void send_ofWhatCannotBeSent_isRefusedWithTheRule(Way way) throws Exception {
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Outlet<SocketMessage> outlet =
        Outlet.direct(item -> {
          for (byte[] data : List.of(new byte[1000], "a\nb".getBytes())) {
            try {
              item.payload().reply(data);
            } catch (IllegalArgumentException e) {
              thrown.add(e);
            }
          }
          item.payload().reply(item.payload().data());
        });
    try (var source = SocketClient.serve(way.with(c -> c.withSendBuffer(1000)), outlet);
        var client = SocketClient.connect(source)) {
      assertServed(client);
      assertThat(thrown).hasSize(2);
      assertThat(thrown.getFirst()).hasMessageContaining("1001").hasMessageContaining("1000");
      assertThat(thrown.getLast()).hasMessageContaining("line feed");
    }
  }

  @Test
  void settings_outsideTheirRange_areRefusedWithRuleAndValue() {
    SocketConfig config = SocketConfig.DEFAULT;
    assertThatThrownBy(() -> Framing.lines(0)).hasMessageContaining("maxBytes=0");
    assertThatThrownBy(() -> config.withMaxConnections(0)).hasMessageContaining("=0");
    assertThatThrownBy(() -> config.withFrameTimeout(Duration.ZERO)).hasMessageContaining("PT0S");
    assertThatThrownBy(() -> config.withBacklog(70_000)).hasMessageContaining("70000");
    assertThatThrownBy(() -> Tokens.NONE.with("ann", "short")).hasMessageContaining("=5");
    assertThatThrownBy(() -> Tokens.NONE.with(" ", TOKEN)).hasMessageContaining("blank");
    assertThatThrownBy(
            () -> config.withFraming(Framing.raw(10)).withTokens(Tokens.NONE.with("ann", TOKEN)))
        .hasMessageContaining("RAW");
    assertThatThrownBy(() -> SocketProactor.tcp(0).withThreads(0)).hasMessageContaining("=0");
    assertThat(Tokens.NONE.with("ann", TOKEN).toString()).contains("ann").doesNotContain(TOKEN);
  }
}
