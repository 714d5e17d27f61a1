package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How connections and those who serve them come to an end. */
@Timeout(60)
class SocketEndTest {
  @TempDir Path directory;

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  /** Answers when it is allowed to. */
  private Outlet<SocketMessage> slow() {
    return Outlet.handler(item -> {
      entered.countDown();
      leave.await();
      item.payload().reply(item.payload().data());
    });
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C17", "C18", "C40"})
  void stop_whileAFrameIsHandled_sendsItsAnswerAndClosesAll(SocketLimitsTest.Way way)
      throws Exception {
    Source<SocketMessage> source = SocketClient.serve(way.with(c -> c), slow());
    try (var client = SocketClient.connect(source);
        var idle = SocketClient.connect(source)) {
      client.write("one\n");
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      Thread stopper = Thread.ofVirtual().start(source::close);
      assertThat(idle.isAtEnd()).isTrue();
      assertThat(stopper.isAlive()).isTrue();
      leave.countDown();
      assertThat(client.readLine()).isEqualTo("one");
      assertThat(client.isAtEnd()).isTrue();
      stopper.join();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      await().until(() -> threads(source.name()) == 0);
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("carillon-source-" + name))
        .count();
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void stop_whileAHandlerHangs_waitsForTheGraceOnly(SocketLimitsTest.Way way) throws Exception {
    Source<SocketMessage> source =
        SocketClient.serve(way.with(c -> c), slow(), c -> c.withGrace(Duration.ofMillis(100)));
    try (var client = SocketClient.connect(source)) {
      client.write("one\n");
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      source.close();
      assertThat(client.isAtEnd()).isTrue();
      await().until(() -> source.stats().underWay() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void clientThatSaysItIsDone_whileItsFrameIsHandled_getsTheAnswer(SocketLimitsTest.Way way)
      throws Exception {
    try (Source<SocketMessage> source = SocketClient.serve(way.with(c -> c), slow());
        var client = SocketClient.connect(source)) {
      client.write("one\n");
      client.channel.shutdownOutput();
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      leave.countDown();
      assertThat(client.readLine()).isEqualTo("one");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void close_byTheHandler_sendsWhatWasAcceptedAndHandlesNothingMore(SocketLimitsTest.Way way)
      throws Exception {
    byte[] large = new byte[900_000];
    Outlet<SocketMessage> outlet =
        Outlet.direct(item -> {
          SocketConnection connection = item.payload().connection();
          assertThat(connection.send(large)).isEqualTo(SendResult.ACCEPTED);
          connection.close();
          assertThat(connection.send(large)).isEqualTo(SendResult.CLOSED);
        });
    try (var source = SocketClient.serve(way.with(c -> c), outlet);
        var client = SocketClient.connect(source)) {
      client.write("x\n".repeat(100_000));
      assertThat(client.read(large.length + 1)).hasSize(large.length + 1);
      assertThat(client.isAtEnd()).isTrue();
      assertThat(source.stats().taken()).isOne();
      assertThat(source.stats().failed()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void send_byOtherThreads_arrivesWholeAndInTheOrderOfEach(SocketLimitsTest.Way way)
      throws Exception {
    var connection = new AtomicReference<SocketConnection>();
    try (var source =
            SocketClient.serve(
                way.with(c -> c),
                Outlet.direct(item -> connection.set(item.payload().connection())));
        var client = SocketClient.connect(source)) {
      client.write("hello\n");
      await().until(() -> connection.get() != null);
      int each = 3000;
      List<Thread> senders = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        String name = "t" + t + " ";
        senders.add(Thread.ofPlatform().start(() -> sendAll(connection.get(), name, each)));
      }
      int[] next = new int[3];
      for (int i = 0; i < 3 * each; i++) {
        String line = client.readLine();
        int thread = line.charAt(1) - '0';
        assertThat(line).isEqualTo("t" + thread + " " + next[thread]++);
      }
      for (Thread sender : senders) {
        sender.join();
      }
    }
  }

  private static void sendAll(SocketConnection connection, String name, int count) {
    for (int i = 0; i < count; i++) {
      byte[] data = (name + i).getBytes();
      while (connection.send(data) == SendResult.FULL) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void close_rightBehindASend_sendsItAndEndsTheConnection(SocketLimitsTest.Way way)
      throws Exception {
    var connections = new LinkedBlockingQueue<SocketConnection>();
    try (var source =
        SocketClient.serve(
            way.with(c -> c.withAcceptRate(1_000_000)),
            Outlet.direct(item -> connections.add(item.payload().connection())))) {
      for (int round = 0; round < 300; round++) {
        try (var client = SocketClient.connect(source)) {
          client.write("hello\n");
          SocketConnection connection = connections.take();
          int pause = ThreadLocalRandom.current().nextInt(2000);
          assertThat(connection.send(new byte[] {'x'})).isEqualTo(SendResult.ACCEPTED);
          for (int i = 0; i < pause; i++) {
            Thread.onSpinWait();
          }
          connection.close();
          assertThat(client.readLine()).as("round %d", round).isEqualTo("x");
          assertThat(client.isAtEnd()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  @Covers({"C38"})
  void clientsThatResetOrStorm_leaveNothingBehind(SocketLimitsTest.Way way) throws Exception {
    var random = new Random(7);
    try (var source =
            SocketClient.serve(way.with(c -> c.withMaxConnections(50)), SocketClient.echo());
        var steady = SocketClient.connect(source)) {
      for (int i = 0; i < 400; i++) {
        try (var client = SocketClient.connect(source)) {
          switch (random.nextInt(4)) {
            case 0 -> client.write("half a fra");
            case 1 -> client.write("one\ntwo\n" + "x".repeat(random.nextInt(30_000)));
            case 2 -> client.channel.shutdownOutput();
            default -> {}
          }
          if (random.nextBoolean()) {
            client.reset();
          }
        } catch (java.io.IOException e) { // refused, as one too many
          continue;
        }
        if (i % 50 == 0) {
          steady.write("steady\n");
          assertThat(steady.readLine()).isEqualTo("steady");
        }
      }
      await().until(() -> opens(source, 49));
      assertThat(source.state()).isEqualTo(SourceState.CONNECTED);
    }
  }

  /** {@return whether there is room for so many connections at once} */
  private static boolean opens(Source<?> source, int count) throws Exception {
    List<SocketClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        clients.add(SocketClient.connect(source));
        clients.getLast().write("hi\n");
        if (!clients.getLast().readLine().equals("hi")) {
          return false;
        }
      }
      return true;
    } catch (java.io.IOException e) { // reset
      return false;
    } finally {
      for (SocketClient client : clients) {
        client.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketLimitsTest.Way.class)
  void addressInUse_whenItIsFree_isServed(SocketLimitsTest.Way way) throws Exception {
    ServerSocketChannel taken = ServerSocketChannel.open().bind(SocketClient.loopback());
    var address = (InetSocketAddress) taken.getLocalAddress();
    SourceKind<SocketMessage> kind =
        way == SocketLimitsTest.Way.REACTOR
            ? SocketReactor.tcp(address)
            : SocketProactor.tcp(address);
    try (var source = Source.open(kind, SocketClient.echo())) {
      source.start();
      await().until(() -> source.state() == SourceState.FAILING);
      taken.close();
      assertThat(source.awaitReady(SocketClient.LONG)).isTrue();
      source.stop();
      assertThat(source.start().awaitReady(SocketClient.LONG)).isTrue();
      try (var client = SocketClient.connect(source)) {
        client.write("again\n");
        assertThat(client.readLine()).isEqualTo("again");
      }
    }
  }

  @Test
  void unixSocket_leftByADeadProcess_isReplaced() throws Exception {
    Path path = directory.resolve("stale");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close(); // which leaves the file
    assertThat(path).exists();
    try (var source = SocketClient.serve(SocketReactor.unix(path), SocketClient.echo());
        var client = SocketClient.connect(source)) {
      client.write("hello\n");
      assertThat(client.readLine()).isEqualTo("hello");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void unixSocket_ofSomebodyElse_isLeftAlone() throws Exception {
    Path path = directory.resolve("live");
    Path file = Files.writeString(directory.resolve("file"), "precious");
    try (var other = SocketClient.serve(SocketReactor.unix(path), SocketClient.echo());
        var second = Source.open(SocketReactor.unix(path), SocketClient.echo());
        var third = Source.open(SocketReactor.unix(file), SocketClient.echo())) {
      second.start();
      third.start();
      await().until(() -> second.failure().isPresent() && third.failure().isPresent());
      assertThat(second.failure().orElseThrow()).hasMessageContaining("somebody listens");
      assertThat(third.failure().orElseThrow()).hasMessageContaining("no socket");
      try (var client = SocketClient.connect(other)) {
        client.write("hello\n");
        assertThat(client.readLine()).isEqualTo("hello");
      }
    }
    assertThat(file).hasContent("precious");
  }

  @Test
  @Covers({"C14"})
  void shell_asAForeignClient_isServed() throws Exception {
    try (var source = SocketClient.serve(SocketReactor.tcp(0), SocketClient.echo())) {
      int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
      String script = "exec 3<>/dev/tcp/127.0.0.1/%d; echo hi there >&3; head -n 1 <&3";
      Process bash =
          new ProcessBuilder("bash", "-c", script.formatted(port))
              .redirectErrorStream(true)
              .start();
      assertThat(new String(bash.getInputStream().readAllBytes())).isEqualTo("hi there\n");
    }
  }
}
