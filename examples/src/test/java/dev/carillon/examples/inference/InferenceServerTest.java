package dev.carillon.examples.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Band;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The server alone, with a model that a test holds and lets go. */
final class InferenceServerTest {
  private static final Duration LONG = Patience.LONG;
  private static final ServerConfig CONFIG =
      ServerConfig.DEFAULT.batches(4, Duration.ofMillis(5)).withInTime(LONG, LONG);

  private final BlockingQueue<List<Integer>> batches = new LinkedBlockingQueue<>();
  private final Semaphore mayGo = new Semaphore(0);

  /** Notes what comes, and tells it, when it may: an image's first pixel is its number / 100. */
  private final Model held =
      batch -> {
        batches.add(batch.stream().map(InferenceServerTest::number).toList());
        mayGo.acquire();
        return batch.stream().map(image -> likely(number(image) % 10)).toList();
      };

  private static Image image(int number) {
    var pixels = new float[Image.PIXELS];
    pixels[0] = number / 100f;
    return Image.of(pixels);
  }

  private static int number(Image image) {
    return Math.round(image.pixels()[0] * 100);
  }

  private static float[] likely(int digit) {
    var probabilities = new float[SoftmaxClassifier.CLASSES];
    probabilities[digit] = 1;
    return probabilities;
  }

  private InferenceServer open(ServerConfig config) throws Exception {
    var server = new InferenceServer(config, () -> held, Labels::load);
    server.ready().await();
    return server;
  }

  private static Answer get(CompletionStage<Answer> answer) throws Exception {
    return answer.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private List<Integer> nextBatch() throws InterruptedException {
    List<Integer> batch = batches.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(batch).as("a batch").isNotNull();
    return batch;
  }

  @Test
  void ask_beforeItIsReady_saysWhatIsMissing() throws Exception {
    var loaded = new CountDownLatch(1);
    try (var server =
        new InferenceServer(
            CONFIG,
            () -> {
              loaded.await();
              return held;
            },
            Labels::load)) {
      Patience.until(
          "only the weights are missing",
          () ->
              get(server.ask(image(1), Band.HIGH)) instanceof Answer.NotReady(var reason)
                  && reason.contains("weights")
                  && !reason.contains("labels"));
      assertThat(batches).isEmpty();
      assertThat(server.counts().of(Band.HIGH).notReady.sum()).isPositive();
      loaded.countDown();
      server.ready().await();
      mayGo.release();
      assertThat(get(server.ask(image(7), Band.HIGH))).isEqualTo(new Answer.Known("seven", 1, 1));
    }
  }

  @Test
  void ask_whereTheLabelsCannotBeRead_saysWhy() throws Exception {
    try (var server =
        new InferenceServer(
            CONFIG,
            () -> held,
            () -> {
              throw new IOException("labels.txt is empty");
            })) {
      Patience.until("both are over", () -> server.ready().status().isComplete());
      assertThat(get(server.ask(image(1), Band.LOW)))
          .isInstanceOfSatisfying(
              Answer.NotReady.class,
              answer -> assertThat(answer.reason()).contains("labels.txt is empty"));
    }
  }

  @Test
  void ask_more_makesBatchesUpToTheCountAndLowOnesWaitForHighOnes() throws Exception {
    try (var server = open(CONFIG)) {
      var answers = new ArrayList<CompletionStage<Answer>>();
      answers.add(server.ask(image(1), Band.LOW));
      assertThat(nextBatch()).as("who comes alone does not wait for more").containsExactly(1);
      for (int number = 11; number <= 20; number++) {
        answers.add(server.ask(image(number), Band.LOW));
      }
      // Three have the seats that were left, four wait for seats, three in the subscription.
      Patience.until("four LOW ones wait for seats", () -> waiting(server, Band.LOW) == 4);
      for (int number = 51; number <= 55; number++) {
        answers.add(server.ask(image(number), Band.HIGH));
      }
      Patience.until("all HIGH ones do", () -> waiting(server, Band.HIGH) == 5);
      mayGo.release(100);
      var seen = new ArrayList<List<Integer>>();
      for (int count = 0; count < 15; count += seen.getLast().size()) {
        seen.add(nextBatch());
      }
      assertThat(seen).allSatisfy(batch -> assertThat(batch).hasSizeBetween(1, 4));
      assertThat(seen.stream().flatMap(List::stream))
          .containsExactlyInAnyOrder(11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 51, 52, 53, 54, 55);
      List<List<Integer>> beforeLastHigh =
          seen.stream()
              .takeWhile(batch ->
                  seen.subList(seen.indexOf(batch) + 1, seen.size()).stream()
                      .flatMap(List::stream)
                      .anyMatch(n -> n > 50))
              .toList();
      assertThat(beforeLastHigh.stream().flatMap(List::stream))
          .isNotEmpty()
          .doesNotContain(14, 15, 16, 17, 18, 19, 20);
      for (var answer : answers) {
        assertThat(get(answer)).isInstanceOf(Answer.Known.class);
      }
      assertThat(server.counts().of(Band.HIGH).known.sum()).isEqualTo(5);
      assertThat(server.counts().of(Band.LOW).known.sum()).isEqualTo(11);
    }
  }

  private static int waiting(InferenceServer server, Band band) {
    return server.carillon().scheduler().stats().bands().get(band.index()).queued();
  }

  @Test
  void ask_whatWaitedTooLong_isDroppedAndCountedAndNotShownToTheModel() throws Exception {
    try (var server = open(CONFIG.withInTime(LONG, Duration.ofNanos(1)))) {
      CompletionStage<Answer> low = server.ask(image(1), Band.LOW);
      assertThat(get(low)).isInstanceOf(Answer.Late.class);
      mayGo.release();
      assertThat(get(server.ask(image(2), Band.HIGH))).isInstanceOf(Answer.Known.class);
      assertThat(nextBatch()).containsExactly(2);
      assertThat(server.counts().of(Band.LOW).late.sum()).isEqualTo(1);
      assertThat(server.counts().of(Band.HIGH).late.sum()).isZero();
    }
  }

  @Test
  void ask_whileTooManyWait_isRefusedAndTheOtherBandIsNot() throws Exception {
    try (var server = open(CONFIG.withWaiting(8))) {
      var answers = new ArrayList<CompletionStage<Answer>>();
      for (int i = 0; i < 100; i++) {
        answers.add(server.ask(image(i % 10), Band.LOW));
      }
      Patience.until("most are refused", () -> server.counts().of(Band.LOW).refused.sum() > 80);
      CompletionStage<Answer> high = server.ask(image(3), Band.HIGH);
      mayGo.release(100);
      assertThat(get(high)).isEqualTo(new Answer.Known("three", 1, batchOf(high)));
      int refused = 0;
      for (var answer : answers) {
        if (get(answer) instanceof Answer.Refused(var reason)) {
          assertThat(reason).contains("capacity=8");
          refused++;
        }
      }
      assertThat(server.counts().of(Band.LOW).refused.sum()).isEqualTo(refused);
      assertThat(server.counts().of(Band.LOW).known.sum()).isEqualTo(100 - refused);
    }
  }

  private static int batchOf(CompletionStage<Answer> answer) throws Exception {
    return get(answer) instanceof Answer.Known known ? known.batch() : 0;
  }

  @Test
  void ask_whereTheModelFails_tellsThoseOfItsBatchAndServesTheNext() throws Exception {
    Model failing =
        batch -> {
          if (number(batch.getFirst()) == 13) {
            throw new IOException("the device is hot");
          }
          return batch.stream().map(image -> likely(number(image))).toList();
        };
    try (var log = new CapturedLog("dev.carillon");
        var server = new InferenceServer(CONFIG, () -> failing, Labels::load)) {
      server.ready().await();
      assertThat(get(server.ask(image(13), Band.LOW)))
          .isInstanceOfSatisfying(
              Answer.Refused.class,
              answer -> assertThat(answer.reason()).contains("the device is hot"));
      assertThat(get(server.ask(image(4), Band.LOW))).isEqualTo(new Answer.Known("four", 1, 1));
      assertThat(log.messages()).isNotEmpty();
    }
  }

  @Test
  void close_whileOneWaits_answersIt() throws Exception {
    CompletionStage<Answer> left;
    try (var log = new CapturedLog("dev.carillon")) {
      var server = open(CONFIG);
      left = server.ask(image(1), Band.LOW);
      nextBatch();
      server.close();
      assertThat(log.messages()).isNotNull();
    }
    assertThat(get(left)).isInstanceOf(Answer.Refused.class);
  }
}
