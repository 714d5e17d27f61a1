package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one sender can take up of what all share. */
@Timeout(60)
class SocketBoundsTest {

  @Test
  @Covers({"C38"})
  void answers_thatAreNotRead_overWhatMayWait_endTheirConnection() throws Exception {
    var connection = new AtomicReference<SocketConnection>();
    byte[] answer = new byte[60_000];
    Outlet<SocketMessage> outlet =
        Outlet.direct(item -> {
          connection.set(item.payload().connection());
          item.payload().reply(answer);
        });
    var kind = SocketReactor.tcp(0).with(c -> c.withMaxBuffered(1000));
    try (var source = SocketClient.serve(kind, outlet);
        var deaf = SocketClient.connect(source);
        var good = SocketClient.connect(source)) {
      await().until(() -> sendUntilRefused(source, deaf));
      assertThat(source.stats().refused()).containsOnlyKeys("max-buffered");
      await().until(() -> !connection.get().isOpen());
      good.write("x\n"); // what the other one had is given back
      assertThat(good.read(answer.length + 1)).hasSize(answer.length + 1);
    }
  }

  /** Asks for answers without reading them: {@return whether there is a refusal} */
  private static boolean sendUntilRefused(Source<?> source, SocketClient client) {
    try {
      for (int i = 0; i < 10; i++) {
        client.write("x\n");
      }
    } catch (IOException e) { // it is closed
      return !source.stats().refused().isEmpty();
    }
    return !source.stats().refused().isEmpty();
  }

  @Test
  @Covers({"C38"})
  void addresses_ofOneNetwork_countAsOne() throws Exception {
    List<@Nullable String> rules = new ArrayList<>();
    SourceKind<SocketMessage> kind =
        intake -> {
          var run =
              new SocketRun(
                  intake, SocketConfig.DEFAULT.withMaxPerAddress(1), SocketClient.loopback());
          rules.add(run.admit(at("2001:db8::1")));
          rules.add(run.admit(at("2001:db8::ffff:1")));
          rules.add(run.admit(at("2001:db8:0:1::1")));
          rules.add(run.admit(at("192.0.2.1")));
          rules.add(run.admit(at("192.0.2.2")));
          run.release(at("2001:db8::1"));
          rules.add(run.admit(at("2001:db8::2")));
        };
    try (var source = Source.open(kind, SocketClient.echo())) {
      source.start();
      await().until(() -> source.state() == SourceState.ENDED);
    }
    assertThat(rules).containsExactly(null, "max-per-address", null, null, null, null);
  }

  private static InetSocketAddress at(String address) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(address), 1234);
  }
}
