package dev.carillon.examples.inference;

import dev.carillon.Carillon;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.bus.WhenFull;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Poison;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Band;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells which digits images show: in batches for one model, HIGH before LOW. */
final class InferenceServer implements AutoCloseable {
  /*
   * A question is a message on the topic of its band, where it waits in a subscription, up to its
   * capacity. Who answers it needs a seat: a thread of a pool that has as many as the largest batch.
   * The scheduler gives free seats to HIGH first (one in 16 to LOW, so that nothing starves), and
   * whoever has waited too long by then is told so and gives the seat to the next. Those who keep
   * theirs meet in the model's lane, which makes a batch of them: of all seats, or of those that
   * came within the linger. So a batch has HIGH questions first, and is filled up with LOW ones.
   */
  private static final Topic<Image> HIGH = Topic.of("digits.high", Image.class);
  private static final Topic<Image> LOW = Topic.of("digits.low", Image.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A question that has a seat. */
  private record Seated(Image image, Promise<Answer> answer) {}

  private final ServerConfig config;
  private final ServerCounts counts;
  private final ExecutorService seats = Executors.newVirtualThreadPerTaskExecutor();
  private final Carillon carillon;
  private final Promise<Model> weights;
  private final Promise<List<String>> labels;
  private final Event ready;
  private final Lane<Seated> model;

  /** Opens a server, which begins to load, and answers questions when both are there. */
  InferenceServer(
      ServerConfig config, Callable<Model> loadWeights, Callable<List<String>> loadLabels) {
    this.config = config;
    counts = new ServerCounts(config.batch());
    carillon = Carillon.open(c -> c.scheduler(s -> s.withPool("seats", seats, config.batch())));

    weights = carillon.scheduler().call(t -> t.named("weights"), loadWeights);
    labels = carillon.scheduler().call(t -> t.named("labels"), loadLabels);
    ready = carillon.events().merge(weights.event(), labels.event());

    model =
        carillon
            .scheduler()
            .lane(c -> c.named("model").batches(config.batch(), config.linger()), this::infer);
    answer(HIGH, Band.HIGH);
    answer(LOW, Band.LOW);
  }

  private void answer(Topic<Image> topic, Band band) {
    carillon
        .bus()
        .respond(
            topic,
            question -> seat(question, config.inTime(band)),
            s ->
                s.band(band)
                    .on(Placement.on("seats"))
                    .concurrent(2 * config.batch()) // a batch that is seated, and the next
                    .capacity(config.waiting(), WhenFull.REJECT));
  }

  private Answer seat(Message<Image> question, Duration inTime) throws InterruptedException {
    Duration waited = Duration.between(question.time(), carillon.events().config().clock().now());
    if (waited.compareTo(inTime) > 0) {
      return new Answer.Late(waited);
    }
    var seated = new Seated(question.payload(), carillon.events().promise("digit"));
    model.put(seated);
    return seated.answer().await();
  }

  private void infer(List<Seated> batch) throws Exception {
    try {
      counts.countBatch(batch.size());
      List<Image> images = batch.stream().map(Seated::image).toList();
      List<float[]> found = weights.await().probabilities(images);
      for (int i = 0; i < batch.size(); i++) {
        float[] probabilities = found.get(i);
        int best = SoftmaxClassifier.mostLikely(probabilities);
        String label = labels.await().get(best);
        batch.get(i).answer().complete(new Answer.Known(label, probabilities[best], batch.size()));
      }
    } catch (Exception e) { // those who wait are to know
      batch.forEach(seated -> seated.answer().event().tryPoison(e));
      throw e;
    }
  }

  /** Asks what an image shows, and does not wait: {@return what becomes of it, never a failure} */
  CompletionStage<Answer> ask(Image image, Band band) {
    if (ready.status() != EventStatus.TRIGGERED) {
      return CompletableFuture.completedStage(counted(band, new Answer.NotReady(missing())));
    }
    Topic<Image> topic = band.equals(Band.HIGH) ? HIGH : LOW;
    return carillon
        .bus()
        .request(topic, image, Answer.class, PATIENCE)
        .stage()
        .exceptionally(e -> new Answer.Refused(String.valueOf(e.getMessage())))
        .thenApply(answer -> counted(band, answer));
  }

  private Answer counted(Band band, Answer answer) {
    counts.count(band, answer);
    return answer;
  }

  private String missing() {
    return Stream.of(weights.event(), labels.event())
        .filter(event -> event.status() != EventStatus.TRIGGERED)
        .map(event -> event.poison().map(Poison::message).orElse("waits for " + event))
        .collect(Collectors.joining("; "));
  }

  /** {@return an event that completes when it can answer, or cannot for good} */
  Event ready() {
    return ready;
  }

  /** {@return what it has done} */
  ServerCounts counts() {
    return counts;
  }

  /** {@return what it runs on, which has statistics and explanations of its own} */
  Carillon carillon() {
    return carillon;
  }

  /** Closes it; who still waits is refused. */
  @Override
  public void close() {
    carillon.close();
    seats.close();
  }
}
