package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What those may do who have not shown who they are, and how long they have. */
@Timeout(60)
class SocketStrangersTest {
  private static final String TOKEN = "0123456789abcdef";

  private final ManualClock clock = new ManualClock();

  /** {@return one whose rounds follow one another on a single thread} */
  private static SourceKind<SocketMessage> kind(
      SocketLimitsTest.Way way, UnaryOperator<SocketConfig> how) {
    return way == SocketLimitsTest.Way.REACTOR
        ? SocketReactor.tcp(0).with(how)
        : SocketProactor.tcp(0).withThreads(1).with(how);
  }

  private static long refused(Source<?> source, String rule) {
    return source.stats().refused().getOrDefault(rule, 0L);
  }

  /** Waits until everything that has come so far is served: what is accepted later is, twice. */
  private static void settle(Source<?> source) throws IOException {
    for (int i = 0; i < 2; i++) {
      long before = refused(source, "max-connections");
      try (var oneTooMany = SocketClient.connect(source)) {
        assertThat(oneTooMany.isAtEnd()).isTrue();
      }
      await().until(() -> refused(source, "max-connections") > before);
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C38"})
  void frame_beforeTheToken_isAsLongAsATokenAtMost(SocketLimitsTest.Way way) throws Exception {
    for (Framing framing : List.of(Framing.lines(1 << 20), Framing.lengthPrefixed(1 << 20))) {
      var kind = kind(way, c -> c.withFraming(framing).withTokens(Tokens.NONE.with("ann", TOKEN)));
      try (var source = SocketClient.serve(kind, SocketClient.echo());
          var ann = SocketClient.connect(source);
          var stranger = SocketClient.connect(source)) {
        byte[] large = new byte[500_000];
        if (framing.form() == Framing.Form.LINES) {
          stranger.write("x".repeat(4098));
          ann.write(TOKEN + "\n");
        } else {
          stranger.write(new byte[] {0, 0, 0x10, 1});
          ann.write(new byte[] {0, 0, 0, 16});
          ann.write(TOKEN);
          ann.write(new byte[] {0, 7, (byte) 0xa1, 0x20});
        }
        assertThat(stranger.isAtEnd()).isTrue();
        await().until(() -> refused(source, "max-frame") == 1);
        ann.write(large);
        ann.write(framing.form() == Framing.Form.LINES ? "\n" : "");
        int answered = large.length + (framing.form() == Framing.Form.LINES ? 1 : 4);
        assertThat(ann.read(answered)).hasSize(answered);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C38"})
  void timeForAToken_whileThereWasNoRoom_doesNotRun(SocketLimitsTest.Way way) throws Exception {
    var gate = new CountDownLatch(1);
    List<String> handled = new CopyOnWriteArrayList<>();
    Outlet<SocketMessage> outlet =
        Outlet.handler(item -> {
          gate.await();
          handled.add(item.payload().text());
        });
    var kind = kind(way, c -> c.withMaxConnections(2).withTokens(Tokens.NONE.with("ann", TOKEN)));
    try (var source = SocketClient.serve(kind, outlet, c -> c.withClock(clock).withWindow(1));
        var first = SocketClient.connect(source);
        var second = SocketClient.connect(source)) {
      first.write(TOKEN + "\none\n");
      await().until(() -> source.stats().underWay() == 1);
      second.write(TOKEN.substring(0, 8));
      settle(source);
      clock.advance(Duration.ofSeconds(30)); // far longer than a token may take
      settle(source);
      gate.countDown();
      first.write("two\n");
      await().until(() -> handled.contains("two"));
      settle(source); // by now the second one is read again
      clock.advance(Duration.ofSeconds(10)); // just as long as a token may take
      settle(source);
      second.write(TOKEN.substring(8) + "\nthree\n");
      await().until(() -> handled.contains("three") || source.stats().refused().size() > 1);
      assertThat(source.stats().refused()).containsOnlyKeys("max-connections");
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C38"})
  void timeForAToken_afterThereWasNoRoom_endsAllTheSame(SocketLimitsTest.Way way) throws Exception {
    var gate = new CountDownLatch(1);
    var kind = kind(way, c -> c.withMaxConnections(2).withTokens(Tokens.NONE.with("ann", TOKEN)));
    try (var source =
            SocketClient.serve(
                kind, Outlet.handler(_ -> gate.await()), c -> c.withClock(clock).withWindow(1));
        var first = SocketClient.connect(source);
        var second = SocketClient.connect(source)) {
      first.write(TOKEN + "\none\n");
      await().until(() -> source.stats().underWay() == 1);
      second.write(TOKEN.substring(0, 8));
      settle(source);
      gate.countDown();
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            clock.advance(Duration.ofMillis(500));
            return refused(source, "authentication-timeout") == 1;
          });
      assertThat(second.isAtEnd()).isTrue();
    }
  }
}
