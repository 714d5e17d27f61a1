package dev.carillon.examples.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.examples.inference.LoadFigures.Result;
import dev.carillon.schedule.Band;
import dev.carillon.source.SourceFailedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Requests over HTTP, to a server with a real model, whose loading a test holds. */
final class HttpFrontTest {
  private static final ServerConfig CONFIG =
      ServerConfig.DEFAULT.withInTime(Patience.LONG, Duration.ofNanos(1));
  private static final List<Typeface> PENS = StrokeTypefaces.all();
  private static final List<Digits.Sample> SAMPLES = new Digits(PENS, 9).take(50);

  private final CountDownLatch mayLoad = new CountDownLatch(1);
  private final HttpClient client = HttpClient.newHttpClient();

  private InferenceServer server(ServerConfig config) {
    return new InferenceServer(
        config,
        () -> {
          mayLoad.await();
          var samples = new Digits(PENS, 1).take(1000);
          SoftmaxClassifier classifier = SoftmaxClassifier.train(samples, 1);
          return batch -> batch.stream().map(classifier::probabilities).toList();
        },
        Labels::load);
  }

  private HttpResponse<String> post(HttpFront front, String band, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(front.uri())
            .header("Priority-Band", band)
            .timeout(Patience.LONG)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void request_whateverItIs_getsTheStatusThatIsMeant() throws Exception {
    byte[] image = SAMPLES.getFirst().image().toPgm();
    try (client;
        var log = new CapturedLog("dev.carillon.source");
        var server = server(CONFIG);
        var front = new HttpFront(server, 0)) {
      HttpResponse<String> early = post(front, "HIGH", image);
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.body()).contains("waits for weights");

      mayLoad.countDown();
      server.ready().await();
      HttpResponse<String> known = post(front, "HIGH", image);
      assertThat(known.statusCode()).isEqualTo(200);
      assertThat(known.body())
          .matches("\\{\"digit\":\"[a-z]+\",\"probability\":[01]\\.\\d{3},\"batch\":1}\\s");

      HttpResponse<String> late = post(front, "LOW", image);
      assertThat(late.statusCode()).isEqualTo(504);
      assertThat(late.body()).contains("too long");

      HttpResponse<String> other = post(front, "HIGH", new byte[783]);
      assertThat(other.statusCode()).isEqualTo(400);
      assertThat(other.body()).contains("784 grey bytes", "bytes=783");

      HttpResponse<String> between = post(front, "MIDDLE", image);
      assertThat(between.statusCode()).isEqualTo(400);
      assertThat(between.body()).contains("HIGH or LOW", "MIDDLE");

      // not so long that it is still being sent when the server, which reads none of it, hangs up
      assertThat(post(front, "HIGH", new byte[16 << 10]).statusCode()).isEqualTo(413);
      assertThat(log.messages()).singleElement().asString().contains("max-body");
    }
  }

  @Test
  void driver_afterARun_hasCountedWhatTheServerHas() throws Exception {
    mayLoad.countDown();
    try (client;
        var server = server(ServerConfig.DEFAULT.withInTime(Patience.LONG, Patience.LONG));
        var front = new HttpFront(server, 0);
        var driver = new LoadDriver(front.uri(), SAMPLES, Labels.load())) {
      server.ready().await();
      LoadFigures figures = driver.run(200, Duration.ofSeconds(1), 3);
      assertThat(figures.firstFailure()).isNull();
      for (Band band : List.of(Band.HIGH, Band.LOW)) {
        LoadFigures.BandFigures seen = figures.of(band);
        assertThat(seen.sent()).as("%s", band).isBetween(10L, 300L).isEqualTo(seen.answered());
        assertThat(server.counts().of(band).known.sum()).isEqualTo(seen.answered());
        assertThat(seen.count(Result.RIGHT)).isGreaterThan(seen.answered() * 8L / 10);
        assertThat(seen.time(1)).isGreaterThanOrEqualTo(seen.time(0.5)).isPositive();
      }
    }
  }

  @Test
  void driver_ofAServerThatIsGone_countsFailuresAndSaysWhich() throws Exception {
    LoadFigures figures;
    try (client;
        var server = server(CONFIG)) {
      var front = new HttpFront(server, 0);
      front.close();
      mayLoad.countDown();
      assertThatThrownBy(front::uri).isInstanceOf(IllegalStateException.class);
    }
    try (var driver = new LoadDriver(URI.create("http://127.0.0.1:1/"), SAMPLES, Labels.load())) {
      figures = driver.run(100, Duration.ofMillis(200), 3);
    }
    assertThat(figures.of(Band.LOW).count(Result.FAILED)).isEqualTo(figures.of(Band.LOW).sent());
    assertThat(figures.firstFailure()).contains("ConnectException");
  }

  @Test
  void open_onAPortThatIsTaken_saysWhich() throws Exception {
    mayLoad.countDown();
    try (client;
        var log = new CapturedLog("dev.carillon.source");
        var server = server(CONFIG);
        var front = new HttpFront(server, 0)) {
      int taken = front.uri().getPort();
      assertThatThrownBy(() -> new HttpFront(server, taken))
          .isInstanceOf(SourceFailedException.class)
          .hasStackTraceContaining(":" + taken);
      assertThat(log.messages()).isNotEmpty();
    }
  }
}
