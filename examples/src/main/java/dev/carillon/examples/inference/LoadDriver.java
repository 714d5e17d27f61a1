package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Asks a server over HTTP, as many times a second as it is told, however long answers take. */
final class LoadDriver implements AutoCloseable {
  /*
   * An open loop: requests are due at random times, a given number a second on average (a Poisson
   * process), whether those before have been answered or not, as those of many people are. What
   * each takes is counted from when it was due, so that a driver that falls behind, or a server
   * that lets it wait, cannot make its figures better (what is called coordinated omission). There
   * is one bound: who would be one too many under way is not sent, and counted as such.
   */
  private static final int MOST_UNDER_WAY = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final double HIGH_SHARE = 0.25;

  private final URI server;
  private final List<Digits.Sample> samples;
  private final List<String> labels;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  /**
   * Makes a driver.
   *
   * @param server where to ask
   * @param samples what to ask for, again and again
   * @param labels what the digits are called
   */
  LoadDriver(URI server, List<Digits.Sample> samples, List<String> labels) {
    this.server = server;
    this.samples = samples;
    this.labels = labels;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .executor(threads)
            .build();
  }

  /**
   * Asks for a while, one of four times in HIGH, and waits until all is answered.
   *
   * @param rate requests a second
   * @param time how long
   * @param seed of the times and the images
   * @return what came of it
   */
  LoadFigures run(double rate, Duration time, long seed) throws InterruptedException {
    var random = new SplittableRandom(seed);
    var figures = new LoadFigures();
    var underWay = new Semaphore(MOST_UNDER_WAY);
    long start = System.nanoTime();
    double due = 0; // nanoseconds from the start
    while (true) {
      due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
      if (due >= time.toNanos()) {
        break;
      }
      Band band = random.nextDouble() < HIGH_SHARE ? Band.HIGH : Band.LOW;
      Digits.Sample sample = samples.get(random.nextInt(samples.size()));
      long at = start + (long) due;
      await(at);
      if (underWay.tryAcquire()) {
        threads.execute(() -> {
          try {
            ask(band, sample, at, figures);
          } finally {
            underWay.release();
          }
        });
      } else {
        figures.of(band).add(LoadFigures.Result.NOT_SENT, 0);
      }
    }
    underWay.acquire(MOST_UNDER_WAY);
    return figures;
  }

  private static void await(long at) throws InterruptedException {
    for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted between two requests");
      }
    }
  }

  private void ask(Band band, Digits.Sample sample, long due, LoadFigures figures) {
    LoadFigures.Result result;
    try {
      result = result(send(band, sample.image().toPgm()), sample.digit());
    } catch (IOException e) {
      figures.noteFailure(e.toString());
      result = LoadFigures.Result.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result = LoadFigures.Result.FAILED;
    }
    figures.of(band).add(result, System.nanoTime() - due);
  }

  private HttpResponse<String> send(Band band, byte[] image)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server)
            .timeout(PATIENCE)
            .header("Priority-Band", band.toString())
            .header("Content-Type", "image/x-portable-graymap")
            .POST(HttpRequest.BodyPublishers.ofByteArray(image))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private LoadFigures.Result result(HttpResponse<String> response, int digit) {
    return switch (response.statusCode()) {
      case 200 ->
          response.body().contains("\"digit\":\"" + labels.get(digit) + "\"")
              ? LoadFigures.Result.RIGHT
              : LoadFigures.Result.WRONG;
      case 503 -> LoadFigures.Result.REFUSED;
      case 504 -> LoadFigures.Result.LATE;
      default -> LoadFigures.Result.FAILED;
    };
  }

  @Override
  public void close() {
    client.close();
    threads.close();
  }
}
