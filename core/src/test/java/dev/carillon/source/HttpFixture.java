package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An endpoint that is open, and clients of it. */
final class HttpFixture<T> implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(20);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final Source<T> source;
  final List<Item<T>> items = new CopyOnWriteArrayList<>();

  private HttpFixture(SourceKind<T> kind, ItemHandler<T> handler, UnaryOperator<SourceConfig> c) {
    Outlet<T> outlet =
        Outlet.concurrent(
            64,
            item -> {
              items.add(item);
              handler.handle(item);
            });
    this.source = Source.open(kind, outlet, c);
  }

  static <T> HttpFixture<T> open(
      SourceKind<T> kind, ItemHandler<T> handler, UnaryOperator<SourceConfig> configure)
      throws InterruptedException {
    var fixture = new HttpFixture<>(kind, handler, configure);
    assertThat(fixture.source.start().awaitReady(LONG)).isTrue();
    return fixture;
  }

  static <T> HttpFixture<T> open(SourceKind<T> kind, ItemHandler<T> handler)
      throws InterruptedException {
    return open(kind, handler, c -> c.withGrace(Duration.ofSeconds(2)));
  }

  static <T> HttpFixture<T> open(SourceKind<T> kind) throws InterruptedException {
    return open(kind, _ -> {});
  }

  int port() {
    return ((InetSocketAddress) source.address().orElseThrow()).getPort();
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + port() + path);
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(LONG);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(to(path).POST(BodyPublishers.ofString(body)));
  }

  Socket connect() throws IOException {
    var socket = new Socket("localhost", port());
    socket.setSoTimeout((int) LONG.toMillis());
    return socket;
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** {@return all that the server sends until it closes; empty if it resets the connection} */
  static String readAll(Socket socket) throws IOException {
    var text = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      byte[] piece = new byte[4096];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        text.append(new String(piece, 0, n, StandardCharsets.ISO_8859_1));
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      text.append(""); // reset: what was read before counts
    }
    return text.toString();
  }

  /** {@return what the server answers to a text, until it closes} */
  String raw(String text) throws IOException {
    try (Socket socket = connect()) {
      try {
        write(socket, text);
      } catch (IOException e) {
        return readAll(socket); // it was refused before all of it was sent
      }
      return readAll(socket);
    }
  }

  long refused(String rule) {
    return source.stats().refused().getOrDefault(rule, 0L);
  }

  @Override
  public void close() {
    source.close();
  }
}
