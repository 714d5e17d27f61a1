package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.time.ManualClock;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reactor under TLS, with the JDK's blocking sockets as the other side. */
@Timeout(60)
class SocketTlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir static Path directory;
  private static SSLContext context;

  @BeforeAll
  static void makeKey() throws Exception {
    Path file = directory.resolve("keys.p12");
    String command =
        "%s -genkeypair -alias k -keyalg EC -dname CN=localhost -ext san=ip:127.0.0.1"
            + " -storetype PKCS12 -keystore %s -storepass password -validity 2";
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(command.formatted(keytool, file).split(" "))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  private static SSLSocket connect(Source<?> source) throws IOException {
    var address = (InetSocketAddress) source.address().orElseThrow();
    return (SSLSocket)
        context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
  }

  private static SocketReactor reactor() {
    return SocketReactor.tcp(SocketClient.loopback())
        .with(c -> c.withTls(context).withFraming(Framing.lines(100_000)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Covers({"C38"})
  void lines_underTls_comeBack(String protocol) throws Exception {
    var clock = new ManualClock();
    try (var source = SocketClient.serve(reactor(), SocketClient.echo(), c -> c.withClock(clock));
        SSLSocket client = connect(source)) {
      client.setEnabledProtocols(new String[] {protocol});
      var in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      int[] sizes = {0, 1, 16_000, 16_384, 50_000, 100_000};
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 60; i++) {
                    String line = "x".repeat(sizes[i % sizes.length]) + "\n";
                    client.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      for (int i = 0; i < 60; i++) {
        assertThat(in.readLine()).hasSize(sizes[i % sizes.length]);
      }
      writer.join();
      clock.advance(Duration.ofMinutes(1)); // longer than a handshake may take
      client.getOutputStream().write("later\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(in.readLine()).isEqualTo("later");
      assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
      client.shutdownOutput();
      assertThat(in.readLine()).isNull();
      assertThat(source.stats().refused()).isEmpty();
    }
  }

  @Test
  @Covers({"C38"})
  void plainBytes_underTls_endTheirConnectionOnly() throws Exception {
    try (var source = SocketClient.serve(reactor(), SocketClient.echo());
        SSLSocket good = connect(source);
        var bad = SocketClient.connect(source)) {
      good.startHandshake();
      bad.write("GET / HTTP/1.1\r\n\r\n");
      while (!bad.isAtEnd()) {
        // an alert
      }
      good.getOutputStream().write("fine\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(good.getInputStream().readNBytes(5)).asString().isEqualTo("fine\n");
    }
  }

  @Test
  @Covers({"C38"})
  void handshake_thatTakesTooLong_isGivenUp() throws Exception {
    var clock = new ManualClock();
    try (var source = SocketClient.serve(reactor(), SocketClient.echo(), c -> c.withClock(clock));
        var silent = SocketClient.connect(source)) {
      silent.write(new byte[] {22, 3, 1});
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            clock.advance(Duration.ofMillis(500));
            return source.stats().refused().containsKey("handshake-timeout");
          });
      assertThat(silent.isAtEnd()).isTrue();
    }
  }

  @Test
  @Covers({"C38"})
  void timeForAHandshake_whileThereWasNoRoom_doesNotRun() throws Exception {
    var clock = new ManualClock();
    var gate = new CountDownLatch(1);
    var kind = reactor().with(c -> c.withMaxConnections(2));
    try (var source =
            SocketClient.serve(
                kind, Outlet.handler(_ -> gate.await()), c -> c.withClock(clock).withWindow(1));
        SSLSocket busy = connect(source);
        var slow = SocketClient.connect(source)) {
      busy.getOutputStream().write("one\n".getBytes(StandardCharsets.US_ASCII));
      await().until(() -> source.stats().underWay() == 1);
      slow.write(new byte[] {22, 3, 1});
      settle(source);
      clock.advance(Duration.ofSeconds(30)); // far longer than a handshake may take
      settle(source);
      gate.countDown();
      busy.getOutputStream().write("two\n".getBytes(StandardCharsets.US_ASCII));
      await().until(() -> source.stats().settled() == 2);
      clock.advance(Duration.ofSeconds(10)); // just as long as a handshake may take
      settle(source);
      assertThat(source.stats().refused()).containsOnlyKeys("max-connections");
    }
  }

  /** Waits until the reactor has served all that has come so far. */
  private static void settle(Source<?> source) throws IOException {
    for (int i = 0; i < 2; i++) {
      try (var oneTooMany = SocketClient.connect(source)) {
        assertThat(oneTooMany.isAtEnd()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Covers({"C38"})
  void farewell_thatComesWithTheLastFrame_endsTheConnection(String protocol) throws Exception {
    List<SocketMessage> handled = new CopyOnWriteArrayList<>();
    Outlet<SocketMessage> outlet = Outlet.direct(item -> handled.add(item.payload()));
    try (var source = SocketClient.serve(reactor(), outlet);
        var held = new HeldSocket((InetSocketAddress) source.address().orElseThrow());
        SSLSocket client =
            (SSLSocket) context.getSocketFactory().createSocket(held, null, 0, false)) {
      client.setUseClientMode(true);
      client.setEnabledProtocols(new String[] {protocol});
      client.startHandshake();
      held.hold();
      client.getOutputStream().write("last\n".getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput(); // only says so: the connection itself stays open
      held.letGo();
      await().until(() -> !handled.isEmpty());
      assertThat(handled.getFirst().text()).isEqualTo("last");
      await().until(() -> !handled.getFirst().connection().isOpen());
      assertThat(source.stats().refused()).isEmpty();
    }
  }

  /** A socket that can keep what is written, so that it goes out at once; never half closed. */
  private static final class HeldSocket extends Socket {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private volatile boolean holds;

    HeldSocket(InetSocketAddress to) throws IOException {
      super(to.getAddress(), to.getPort());
    }

    void hold() {
      holds = true;
    }

    void letGo() throws IOException {
      holds = false;
      super.getOutputStream().write(kept.toByteArray());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      OutputStream out = super.getOutputStream();
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          (holds ? kept : out).write(bytes, from, count);
        }
      };
    }

    @Override
    public void shutdownOutput() {}
  }

  @Test
  @Covers({"C38"})
  void newKeys_askedForAgainAndAgain_endTheConnection() throws Exception {
    try (var source = SocketClient.serve(reactor(), SocketClient.echo());
        SSLSocket client = connect(source)) {
      client.setEnabledProtocols(new String[] {"TLSv1.3"});
      client.setSoTimeout((int) SocketClient.LONG.toMillis());
      for (int i = 0; i < 20; i++) {
        client.startHandshake(); // from the second on, asks for new keys
      }
      client.getOutputStream().write("fine\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("fine\n");
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  client.startHandshake();
                }
                client.getOutputStream().write("more\n".getBytes(StandardCharsets.US_ASCII));
                if (client.getInputStream().read() < 0) {
                  throw new EOFException();
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void proactor_withTls_isRefused() {
    assertThatThrownBy(() -> SocketProactor.tcp(0).with(c -> c.withTls(context)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SocketReactor");
  }
}
