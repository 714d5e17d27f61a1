package dev.carillon.bench;

import dev.carillon.source.Framing;
import dev.carillon.source.Outlet;
import dev.carillon.source.SendResult;
import dev.carillon.source.SocketConfig;
import dev.carillon.source.SocketMessage;
import dev.carillon.source.SocketProactor;
import dev.carillon.source.SocketReactor;
import dev.carillon.source.Source;
import dev.carillon.source.SourceKind;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * An echo by a source of ours, whose handler answers on the thread that reads. All its limits are
 * in force; only those that would keep a single machine from connecting so often are raised.
 */
final class CarillonEcho {
  private static final int CONNECTIONS = 20_000;
  private static final int ACCEPTS = 1_000_000;
  private static final Duration SOON = Duration.ofSeconds(10);

  private CarillonEcho() {}

  /** {@return the port of a server with one thread for all, that runs until its process ends} */
  static int reactor() throws InterruptedException {
    return start(SocketReactor.tcp(0).with(CarillonEcho::limits));
  }

  /** {@return as {@link #reactor}, with asynchronous channels} */
  static int proactor() throws InterruptedException {
    return start(SocketProactor.tcp(0).with(CarillonEcho::limits));
  }

  private static SocketConfig limits(SocketConfig config) {
    return config
        .withFraming(Framing.lengthPrefixed(EchoFrames.LARGEST))
        .withMaxConnections(CONNECTIONS)
        .withMaxPerAddress(CONNECTIONS)
        .withAcceptRate(ACCEPTS)
        .withBacklog(SocketServer.BACKLOG);
  }

  private static int start(SourceKind<SocketMessage> kind) throws InterruptedException {
    Source<SocketMessage> source =
        Source.open(kind, Outlet.direct(item -> answer(item.payload()))).start();
    if (!source.awaitReady(SOON)) {
      throw new BenchmarkException("a source must start: source=" + source.explain());
    }
    return ((InetSocketAddress) source.address().orElseThrow()).getPort();
  }

  private static void answer(SocketMessage message) {
    SendResult result = message.connection().send(message.data());
    if (result != SendResult.ACCEPTED) {
      throw new BenchmarkException("an answer must be sent: result=" + result);
    }
  }
}
