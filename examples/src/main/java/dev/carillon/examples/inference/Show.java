package dev.carillon.examples.inference;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Opens the server, puts a load on it or waits for requests, and tells how that goes. */
final class Show {
  private static final Duration PER_BATCH = Duration.ofMillis(8);
  private static final Duration PER_IMAGE = Duration.ofMillis(1);
  private static final int WARM_UP_SHARE = 5; // of the time of the load, before it
  private static final int WARM_UP_RATE = 100; // before serving
  private static final Duration WARM_UP = Duration.ofMillis(500);
  private static final int SAMPLES = 1000;
  private static final long SEED = 4; // of what is asked for: none of the training's

  private final Options options;
  private final PrintStream out;
  private final ServerConfig config = ServerConfig.DEFAULT;
  private final CompletableFuture<Training> training = new CompletableFuture<>();

  Show(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void run() throws IOException, InterruptedException {
    List<Typeface> typefaces = typefaces();
    out.printf(
        Locale.ROOT,
        "digits:  %d x %d pixels, generated: in %d typefaces (%s and others), turned, slanted, scaled,"
            + " shifted, noisy%n",
        Image.SIZE,
        Image.SIZE,
        typefaces.size(),
        typefaces.getFirst().name());
    List<Digits.Sample> samples = new Digits(typefaces, SEED).take(SAMPLES);
    try (var untilStopped = new UntilStopped();
        var server = new InferenceServer(config, () -> train(typefaces), Labels::load);
        var front = new HttpFront(server, options.port())) {
      out.printf(
          Locale.ROOT,
          "early:   asked before it is ready, it says %s%n",
          ask(front.uri(), samples.getFirst()));
      server.ready().await();
      sayWhatIsServed(front.uri());
      if (options.serveOnly()) {
        serve(front.uri(), samples, untilStopped);
      } else {
        load(server, front.uri(), samples);
      }
    }
  }

  /** {@return those of this JDK's fonts, or drawn ones where it finds none} */
  static List<Typeface> typefaces() {
    List<Typeface> fonts = FontTypefaces.all();
    return fonts.isEmpty() ? StrokeTypefaces.all() : fonts;
  }

  private Model train(List<Typeface> typefaces) {
    Training done = Training.run(typefaces);
    training.complete(done);
    return options.device() ? new PacedModel(done.model(), PER_BATCH, PER_IMAGE) : done.model();
  }

  private static String ask(URI uri, Digits.Sample sample)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .POST(HttpRequest.BodyPublishers.ofByteArray(sample.image().toPgm()))
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + ": " + response.body().strip();
    }
  }

  private void sayWhatIsServed(URI uri) {
    Training done = training.join();
    out.printf(
        Locale.ROOT,
        "model:   softmax, trained on %d of them in %.1f s; of %d others it tells %.1f %% rightly%n",
        done.samples(),
        done.took().toMillis() / 1e3,
        done.heldOut(),
        100 * done.accuracy());
    if (options.device()) {
      out.printf(
          Locale.ROOT,
          "device:  simulated: %d ms a batch and %d ms an image, so %.0f images a second at most%n",
          PER_BATCH.toMillis(),
          PER_IMAGE.toMillis(),
          capacity());
    }
    out.printf(
        Locale.ROOT,
        "server:  %s, batches of %d or %d ms, HIGH before LOW, late after %d and %d ms%n",
        uri,
        config.batch(),
        config.linger().toMillis(),
        config.highInTime().toMillis(),
        config.lowInTime().toMillis());
  }

  /** {@return how many images the device can do in a second} */
  private double capacity() {
    Duration batch = PER_BATCH.plus(PER_IMAGE.multipliedBy(config.batch()));
    return config.batch() / (batch.toNanos() / 1e9);
  }

  private void serve(URI uri, List<Digits.Sample> samples, UntilStopped untilStopped)
      throws IOException, InterruptedException {
    try (var driver = new LoadDriver(uri, samples, Labels.load())) {
      driver.run(WARM_UP_RATE, WARM_UP, SEED); // or who comes first would be late
    }
    Digits.Sample sample = samples.getFirst();
    Path file = Files.createTempFile("carillon-digit-" + sample.digit() + "-", ".pgm");
    try {
      Files.write(file, sample.image().toPgm());
      out.printf(Locale.ROOT, "%nAsk it from another terminal; Ctrl-C ends it:%n");
      out.printf("  curl -H 'Priority-Band: HIGH' --data-binary @%s %s%n", file, uri);
      untilStopped.await();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void load(InferenceServer server, URI uri, List<Digits.Sample> samples)
      throws IOException, InterruptedException {
    out.printf(
        "load:    an open loop, one of four in HIGH; times are in ms, from when a request was due%n");
    boolean hasOneRate = options.rate() > 0 || !options.device();
    double rate = options.rate() > 0 ? options.rate() : options.device() ? capacity() / 2 : 1000;
    try (var driver = new LoadDriver(uri, samples, Labels.load())) {
      driver.run(rate, options.time().dividedBy(WARM_UP_SHARE), SEED);
      if (hasOneRate) {
        measure(server, driver, rate, options.time(), "");
      } else {
        Duration first = options.time().multipliedBy(3).dividedBy(8);
        measure(server, driver, rate, first, ", half of what the device can do");
        Duration then = options.time().minus(first);
        measure(server, driver, 3 * rate, then, ", one and a half times what it can do");
      }
    }
  }

  private void measure(
      InferenceServer server, LoadDriver driver, double rate, Duration time, String remark)
      throws InterruptedException {
    out.printf(
        Locale.ROOT,
        "%n%.0f requests a second for %.1f s%s:%n",
        rate,
        time.toMillis() / 1e3,
        remark);
    long[] before = server.counts().batches();
    LoadFigures figures = driver.run(rate, time, SEED);
    long[] batches = server.counts().batches();
    for (int i = 0; i < batches.length; i++) {
      batches[i] -= before[i];
    }
    out.printf(Locale.ROOT, "%s%n", LoadReport.table(figures, batches));
  }
}
