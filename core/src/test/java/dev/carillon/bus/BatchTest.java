package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers of batches. */
@Covers({"C15", "C20"})
class BatchTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final Bus bus = Bus.open();
  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private void note(List<Message<Integer>> batch) {
    batches.add(batch.stream().map(Message::payload).toList());
  }

  private List<Integer> inOrder() {
    return batches.stream().flatMap(List::stream).toList();
  }

  /** Publishes 0 … count - 1 while the subscription is held, so that all wait. */
  private List<Delivery> publishHeld(Subscription subscription, int count) throws Exception {
    subscription.pause();
    List<Delivery> deliveries =
        IntStream.range(0, count).mapToObj(i -> bus.publish(NUMBERS, i)).toList();
    subscription.resume();
    Patience.until("all are settled", () -> deliveries.stream().allMatch(Delivery::isDone));
    return deliveries;
  }

  @Test
  void batches_byCount_keepTheOrderAndTheLimit() throws Exception {
    Subscription subscription =
        bus.subscribeBatches(NUMBERS, this::note, s -> s.batched(8, Duration.ZERO));
    List<Delivery> deliveries = publishHeld(subscription, 20);
    assertThat(inOrder()).containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
    assertThat(batches).extracting(List::size).containsExactly(8, 8, 4);
    assertThat(deliveries)
        .allSatisfy(d -> assertThat(d.outcomes()).hasOnlyElementsOfType(Outcome.Handled.class));
    assertThat(subscription.stats().handled()).isEqualTo(20);
  }

  @Test
  void batches_unlessSaid_areOfAllThatWaits() throws Exception {
    Subscription subscription =
        bus.subscribeBatches(TopicPattern.of(">"), Integer.class, this::note, s -> s);
    publishHeld(subscription, 100);
    assertThat(batches).hasSize(1);
  }

  @Test
  void batch_thatFails_failsForEachAndCountsOnce() throws Exception {
    var dead = new AtomicInteger();
    bus.subscribe(
        TopicPattern.of("$dead.>"),
        DeadLetter.class,
        _ -> dead.incrementAndGet(),
        SubscriptionOptions::direct);
    Subscription subscription =
        bus.subscribeBatches(
            NUMBERS,
            batch -> {
              note(batch);
              throw new IllegalStateException("broken");
            },
            s ->
                s.batched(4, Duration.ZERO)
                    .onError(e -> e.deadLetter().disableAfter(2, Duration.ofHours(1))));
    List<Delivery> deliveries = publishHeld(subscription, 12);
    assertThat(batches).as("then it is disabled").hasSize(2);
    assertThat(deliveries.subList(0, 8))
        .allSatisfy(d -> assertThat(d.outcomes()).hasOnlyElementsOfType(Outcome.Failed.class));
    assertThat(deliveries.subList(8, 12))
        .allSatisfy(d -> assertThat(d.outcomes()).hasOnlyElementsOfType(Outcome.Refused.class));
    assertThat(dead).hasValue(8);
    assertThat(subscription.stats().failed()).isEqualTo(8);
    assertThat(subscription.stats().disabled()).isTrue();
  }

  @Test
  void batch_thatIsRetried_isGivenWholeAgain() throws Exception {
    var calls = new AtomicInteger();
    Subscription subscription =
        bus.subscribeBatches(
            NUMBERS,
            batch -> {
              note(batch);
              if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
              }
            },
            s ->
                s.batched(4, Duration.ZERO)
                    .onError(e ->
                        e.retry(
                            Retry.of(r ->
                                r.withMaxAttempts(3)
                                    .withBackoff(Backoff.fixed(Duration.ofMillis(1)))))));
    publishHeld(subscription, 4);
    assertThat(batches).containsExactly(List.of(0, 1, 2, 3), List.of(0, 1, 2, 3));
    assertThat(subscription.stats().retried()).isEqualTo(1);
  }

  @Test
  void batch_thatTakesTooLong_timesOutForEach() throws Exception {
    Subscription subscription =
        bus.subscribeBatches(
            NUMBERS,
            _ -> new CountDownLatch(1).await(),
            s -> s.batched(4, Duration.ZERO).timeout(Duration.ofMillis(20)));
    List<Delivery> deliveries = publishHeld(subscription, 3);
    assertThat(deliveries)
        .allSatisfy(d -> assertThat(d.outcomes()).hasOnlyElementsOfType(Outcome.TimedOut.class));
    assertThat(subscription.stats().timedOut()).isEqualTo(3);
  }

  @Test
  void middleware_swallowsFailsAndChanges_beforeTheBatchIsHandled() throws Exception {
    bus.useOnDelivery(
        NUMBERS.pattern(),
        (message, next) -> {
          int number = (Integer) message.payload();
          if (number == 1) {
            return null;
          }
          if (number == 2) {
            throw new IllegalStateException("two");
          }
          @SuppressWarnings("unchecked")
          var mine = (Message<Integer>) message;
          return next.handle(mine.withPayload(number * 10));
        });
    Subscription subscription =
        bus.subscribeBatches(NUMBERS, this::note, s -> s.batched(8, Duration.ZERO));
    List<Delivery> deliveries = publishHeld(subscription, 4);
    assertThat(batches).containsExactly(List.of(0, 30));
    assertThat(deliveries)
        .extracting(d -> d.outcomes().getFirst().getClass().getSimpleName())
        .containsExactly("Handled", "Filtered", "Failed", "Handled");
  }

  @Test
  void middleware_throwsAnError_theMessageFailsAndTheOthersAreHandled() throws Exception {
    bus.useOnDelivery(
        NUMBERS.pattern(),
        (message, next) -> {
          if ((Integer) message.payload() == 1) {
            throw new AssertionError("one");
          }
          return next.handle(message);
        });
    Subscription subscription =
        bus.subscribeBatches(NUMBERS, this::note, s -> s.batched(8, Duration.ZERO));
    List<Delivery> deliveries = publishHeld(subscription, 3);
    assertThat(batches).containsExactly(List.of(0, 2));
    assertThat(deliveries)
        .extracting(d -> d.outcomes().getFirst().getClass().getSimpleName())
        .containsExactly("Handled", "Failed", "Handled");
  }

  @Test
  void batch_onAnExecutor_runsThere() throws Exception {
    var names = Collections.synchronizedList(new ArrayList<String>());
    try (ExecutorService executor =
        Executors.newSingleThreadExecutor(work -> new Thread(work, "mine"))) {
      Subscription subscription =
          bus.subscribeBatches(
              NUMBERS,
              batch -> {
                note(batch);
                names.add(Thread.currentThread().getName());
              },
              s -> s.batched(3, Duration.ZERO).on(executor));
      publishHeld(subscription, 6);
    }
    assertThat(batches).containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    assertThat(names).containsOnly("mine");
  }

  @Test
  void published_inABatch_isCausedByItsLastMessage() throws Exception {
    Topic<String> sums = Topic.of("sums", String.class);
    var cause = new ArrayList<Message<?>>();
    var last = new ArrayList<Message<?>>();
    bus.subscribe(sums, cause::add, SubscriptionOptions::direct);
    Subscription subscription =
        bus.subscribeBatches(
            NUMBERS,
            batch -> {
              last.add(batch.getLast());
              bus.publish(sums, "sum");
            },
            s -> s.batched(8, Duration.ZERO));
    publishHeld(subscription, 3);
    assertThat(cause.getFirst().causationId()).isEqualTo(last.getFirst().id());
  }

  @Test
  void badOptions_areRefused() {
    assertThatThrownBy(() -> bus.subscribe(NUMBERS, _ -> {}, s -> s.batched(8, LONG)))
        .hasMessage(
            "batches need a handler of batches, see subscribeBatches: pattern=numbers batchCount=8");
    assertThatThrownBy(() -> bus.subscribeBatches(NUMBERS, _ -> {}, s -> s.batched(0, LONG)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> bus.subscribeBatches(NUMBERS, _ -> {}, s -> s.batched(1, LONG.negated())))
        .hasMessageContaining("linger must not be negative");
    assertThatThrownBy(() -> bus.subscribeBatches(NUMBERS, _ -> {}, SubscriptionOptions::direct))
        .hasMessageContaining("must not be direct, concurrent or keyed");
    assertThatThrownBy(() -> bus.subscribeBatches(NUMBERS, _ -> {}, s -> s.concurrent(2)))
        .hasMessageContaining("must not be direct, concurrent or keyed");
    assertThat(bus.stats().subscriptions()).isZero();
  }
}
