package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Retry;
import dev.carillon.source.HttpEndpoint;
import dev.carillon.source.Outlet;
import dev.carillon.source.Source;
import dev.carillon.source.SourceFailedException;
import dev.carillon.source.WebAnswer;
import dev.carillon.source.WebReply;
import dev.carillon.source.WebRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/** Brings requests over HTTP to an {@link InferenceServer}, and its answers back. */
final class HttpFront implements AutoCloseable {
  private static final String PATH = "/digits";
  private static final String BAND = "Priority-Band";
  private static final int MOST_BYTES = 4096; // of a body: more than any image has
  private static final int MOST_AT_ONCE = 1024;
  private static final int MOST_OF_ONE = 100_000; // a second: the load comes from one address
  private static final String MOST_IDLE = "sun.net.httpserver.maxIdleConnections";
  private static final Duration LONG = Duration.ofSeconds(5);

  private final Source<WebRequest> source;

  /**
   * Begins to serve.
   *
   * @param server answers
   * @param port on the loopback address; 0 for any that is free
   * @throws SourceFailedException if it cannot listen there
   * @throws IOException if it does not listen in time
   */
  HttpFront(InferenceServer server, int port) throws IOException, InterruptedException {
    // The JDK's server keeps 200 idle connections. It cuts off more, which the load may just use.
    if (System.getProperty(MOST_IDLE) == null) {
      System.setProperty(MOST_IDLE, Integer.toString(MOST_AT_ONCE));
    }
    HttpEndpoint requests =
        HttpEndpoint.on(port)
            .path(PATH)
            .replying(WebReply.ANSWERED)
            .limits(limits ->
                limits
                    .withBodies(MOST_BYTES, (long) MOST_BYTES * MOST_AT_ONCE)
                    .withConcurrency(MOST_AT_ONCE, 2 * MOST_AT_ONCE)
                    .withRatePerAddress(MOST_OF_ONE));
    source =
        Source.open(
            requests,
            Outlet.direct(item -> answer(server, item.payload())),
            config ->
                config
                    .named("digits")
                    .withWindow(MOST_AT_ONCE)
                    .withRestart(Retry.DEFAULT.withMaxAttempts(1)));
    try {
      if (!source.start().awaitReady(LONG)) {
        throw new IOException("cannot serve within %s: port=%d".formatted(LONG, port));
      }
    } catch (SourceFailedException | IOException | InterruptedException e) {
      source.close();
      throw e;
    }
  }

  private static void answer(InferenceServer server, WebRequest request) {
    Image image;
    Band band;
    try {
      image = Image.parse(request.body());
      band = band(request.header(BAND).orElse("LOW"));
    } catch (IllegalArgumentException e) {
      request.answer(WebAnswer.text(400, e.getMessage() + "\n"));
      return;
    }
    server.ask(image, band).thenAccept(answer -> request.answer(inHttp(answer)));
  }

  private static Band band(String name) {
    return switch (name) {
      case "HIGH" -> Band.HIGH;
      case "LOW" -> Band.LOW;
      default ->
          throw new IllegalArgumentException(
              "a band must be HIGH or LOW: %s=\"%s\"".formatted(BAND, name));
    };
  }

  private static WebAnswer inHttp(Answer answer) {
    return switch (answer) {
      case Answer.Known known -> WebAnswer.json(json(known));
      case Answer.NotReady(String reason) -> WebAnswer.text(503, reason + "\n");
      case Answer.Refused(String reason) -> WebAnswer.text(503, reason + "\n");
      case Answer.Late(Duration waited) ->
          WebAnswer.text(504, "waited for %d ms, too long\n".formatted(waited.toMillis()));
    };
  }

  private static String json(Answer.Known known) {
    return String.format(
        Locale.ROOT,
        "{\"digit\":\"%s\",\"probability\":%.3f,\"batch\":%d}%n",
        known.label(),
        known.probability(),
        known.batch());
  }

  /** {@return where to ask} */
  URI uri() {
    InetSocketAddress at =
        (InetSocketAddress) source.address().orElseThrow(() -> new IllegalStateException("closed"));
    return URI.create("http://127.0.0.1:" + at.getPort() + PATH);
  }

  @Override
  public void close() {
    source.close();
  }
}
