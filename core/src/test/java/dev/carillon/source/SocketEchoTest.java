package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent comes back, frame by frame, however it is cut on its way. */
@Timeout(60)
class SocketEchoTest {
  private static final int MAX = 3000;

  @TempDir static Path directory;

  /** {@return every way to serve with every framing} */
  static Stream<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (Framing.Form form : Framing.Form.values()) {
      var framing = new Framing(form, MAX);
      all.add(
          Arguments.of(
              SocketReactor.tcp(SocketClient.loopback()).with(c -> c.withFraming(framing)),
              framing));
      all.add(
          Arguments.of(
              SocketProactor.tcp(SocketClient.loopback()).with(c -> c.withFraming(framing)),
              framing));
      all.add(
          Arguments.of(
              SocketReactor.unix(directory.resolve(form.name())).with(c -> c.withFraming(framing)),
              framing));
    }
    return all.stream();
  }

  private static byte[] frame(Random random) {
    int size =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> MAX;
          case 2 -> MAX - 1;
          default -> random.nextInt(200);
        };
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    for (int i = 0; i < size; i++) {
      bytes[i] = bytes[i] == '\n' || bytes[i] == '\r' ? (byte) 'x' : bytes[i];
    }
    return bytes;
  }

  private static byte[] encoded(List<byte[]> frames, Framing framing) {
    var all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      var one = ByteBuffer.allocate(framing.encodedLength(frame));
      framing.encode(frame, one);
      all.writeBytes(one.array());
    }
    return all.toByteArray();
  }

  private static void sendInPieces(SocketClient client, byte[] bytes, Random random)
      throws IOException {
    for (int from = 0; from < bytes.length; ) {
      int most = random.nextInt(4) == 0 ? 5 : 20_000;
      int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
      client.write(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  @Covers({"C14", "C17", "C18"})
  void frames_cutAnywhere_comeBackInOrder(SourceKind<SocketMessage> kind, Framing framing)
      throws Exception {
    long seed = Long.getLong("carillon.seed", System.nanoTime());
    try (var source = SocketClient.serve(kind, SocketClient.echo());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < 4; i++) {
        var random = new Random(seed + i);
        clients.add(threads.submit(() -> echo(source, framing, random)));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      assertThat(source.stats().failed()).isZero();
      assertThat(source.stats().refused()).isEmpty();
    } catch (ExecutionException | RuntimeException e) {
      throw new AssertionError("seed=" + seed, e);
    }
  }

  private static Object echo(Source<?> source, Framing framing, Random random) throws Exception {
    List<byte[]> frames = Stream.generate(() -> frame(random)).limit(1000).toList();
    byte[] sent = encoded(frames, framing);
    try (var client = SocketClient.connect(source);
        var thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<byte[]> answer = thread.submit(() -> client.read(sent.length));
      sendInPieces(client, sent, random);
      assertThat(answer.get()).isEqualTo(sent);
      client.channel.shutdownOutput();
      assertThat(client.isAtEnd()).isTrue();
    }
    return true;
  }

  @Test
  void lines_withCarriageReturns_loseThem() throws Exception {
    var kind = SocketReactor.tcp(0).with(c -> c.withFraming(Framing.lines(3)));
    try (var source = SocketClient.serve(kind, SocketClient.echo());
        var client = SocketClient.connect(source)) {
      client.write("abc\r\n\r\n\na\rb\n");
      assertThat(client.readLine()).isEqualTo("abc");
      assertThat(client.readLine()).isEmpty();
      assertThat(client.readLine()).isEmpty();
      assertThat(client.readLine()).isEqualTo("a\rb");
      for (byte b : "xyz\r".getBytes()) {
        client.write(new byte[] {b});
      }
      client.write("\n");
      assertThat(client.readLine()).isEqualTo("xyz");
    }
  }

  @Test
  void unixSocket_whileServed_belongsToItsOwnerAndGoesAtTheEnd() throws Exception {
    Path path = directory.resolve("own");
    try (var source = SocketClient.serve(SocketReactor.unix(path), SocketClient.echo())) {
      assertThat(Files.getPosixFilePermissions(path))
          .containsExactlyInAnyOrderElementsOf(
              java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
      assertThat(source.address()).contains(java.net.UnixDomainSocketAddress.of(path));
    }
    assertThat(path).doesNotExist();
    assertThat(directory.toFile().list((_, name) -> name.startsWith("."))).isEmpty();
  }
}
