package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static dev.carillon.testkit.ExpectedMessage.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.SubscriptionOptions;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A component alone, and what it publishes. */
class RecordedBusTest {
  private static final Topic<String> ORDERS = Topic.of("shop.orders", String.class);
  private static final Topic<Integer> PAYMENTS = Topic.of("shop.payments", Integer.class);
  private static final Topic<String> PARCELS = Topic.of("shop.parcels", String.class);

  /** The component under test: an order is to be paid, and sent when it is. */
  private static final class Shop {
    final List<Message<String>> seen = new ArrayList<>();

    Shop(Bus bus) {
      bus.subscribe(
          ORDERS,
          m -> {
            seen.add(m);
            bus.publish(
                PAYMENTS,
                m.payload().length(),
                p -> p.header("tenant", m.headers().getOrDefault("tenant", "none")));
          });
      bus.subscribe(PAYMENTS, m -> bus.publish(PARCELS, "paid " + m.payload()));
    }
  }

  @Test
  @Covers("R7")
  void deliver_simulatedMessage_theComponentCannotTellItFromAReal() {
    try (var recorded = RecordedBus.simulated(1)) {
      var shop = new Shop(recorded.bus());
      Instant then = Instant.parse("2024-02-29T12:00:00Z");
      UUID id = UUID.fromString("018df47c-2f00-7000-8000-000000000001");
      Message<String> order =
          recorded.deliver(
              ORDERS,
              "two apples",
              m ->
                  m.id(id)
                      .time(then)
                      .source("web")
                      .publisher("web#1", 17)
                      .header("tenant", "7")
                      .correlation("order-4"));
      recorded.runUntilIdle();
      assertThat(shop.seen).containsExactly(order);
      assertThat(order.id()).isEqualTo(id);
      assertThat(order.time()).isEqualTo(then);
      assertThat(order.source()).isEqualTo("web");
      assertThat(order.publisher()).isEqualTo("web#1");
      assertThat(order.sequence()).isEqualTo(17);
      assertThat(recorded)
          .published(on(PAYMENTS).payload(10).header("tenant", "7").causedBy(order))
          .then(on(PARCELS).correlation("order-4").causedBy(on(PAYMENTS).payload(10)))
          .andNothingElse();
    }
  }

  @Test
  @Covers("R7")
  void deliver_nothingSaid_isNumberedAndFromTheClock() {
    try (var recorded = RecordedBus.simulated(1)) {
      var shop = new Shop(recorded.bus());
      recorded.deliver(ORDERS, "a");
      recorded.advance(Duration.ofHours(1));
      Message<String> second = recorded.deliver(ORDERS, "b", m -> m.hops(3));
      recorded.runUntilIdle();
      assertThat(shop.seen).extracting(Message::sequence).containsExactly(1L, 2L);
      assertThat(shop.seen).extracting(Message::id).doesNotHaveDuplicates();
      assertThat(second.time()).isEqualTo(recorded.simulation().clock().now());
      assertThat(second.id().version()).isEqualTo(7);
      assertThat(recorded)
          .published(on(PAYMENTS).where("4 hops", m -> m.hops() == 4).causedBy(second));
      Message<Integer> payment = recorded.deliver(PAYMENTS, 3, m -> m.causedBy(second));
      assertThat(payment.causationId()).isEqualTo(second.id());
      assertThat(payment.hops()).isEqualTo(4);
    }
  }

  @Test
  void deliver_wrongNumber_isRefused() {
    try (var recorded = RecordedBus.simulated(1)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> recorded.deliver(ORDERS, "a", m -> m.publisher("web", 0)))
          .withMessageContaining("sequence=0");
    }
  }

  @Test
  void deliver_handledDirectly_onlyWhatItCausesIsPublished() {
    try (var recorded = RecordedBus.open()) {
      Bus bus = recorded.bus();
      bus.subscribe(ORDERS, m -> bus.publish(PAYMENTS, 1), SubscriptionOptions::direct);
      recorded.deliver(ORDERS, "a");
      assertThat(recorded).publishedExactly(on(PAYMENTS).payload(1));
    }
  }

  @Test
  void record_isWhatMiddlewareLeaves() {
    try (var recorded = RecordedBus.open()) {
      Bus bus = recorded.bus();
      bus.use(
          TopicPattern.of("shop.*"),
          (message, next) ->
              message.payload().equals("bad")
                  ? null
                  : next.handle(message.withHeader("checked", "yes")));
      bus.publish(ORDERS, "bad");
      bus.publish(ORDERS, "good");
      bus.disable();
      bus.publish(ORDERS, "refused");
      assertThat(recorded).publishedExactly(on(ORDERS).payload("good").header("checked", "yes"));
      recorded.forget();
      assertThat(recorded).publishedNothing();
    }
  }

  @Test
  void of_viewBelowAPrefix_remembersThatOnly() {
    try (var bus = Bus.open()) {
      RecordedBus recorded = RecordedBus.of(bus.child("shop"));
      bus.publish(ORDERS, "a");
      bus.publish(Topic.of("other", String.class), "b");
      assertThat(recorded).publishedExactly(on(ORDERS).payload("a"));
      recorded.close();
      bus.publish(ORDERS, "c");
      assertThat(recorded.published()).hasSize(1);
      assertThatIllegalStateException()
          .isThrownBy(recorded::runUntilIdle)
          .withMessageStartingWith("time and turns of a bus can be moved only if it is simulated");
    }
  }

  @Test
  void within_realTime_waitsForIt() {
    try (var recorded = RecordedBus.open()) {
      new Shop(recorded.bus());
      recorded.bus().publish(ORDERS, "abc");
      assertThat(recorded)
          .within(Patience.LONG)
          .published(ORDERS, "abc")
          .then(PAYMENTS, 3)
          .then(PARCELS, "paid 3");
    }
  }

  @Test
  void within_simulatedTime_movesTheClock() {
    try (var recorded = RecordedBus.simulated(1)) {
      Bus bus = recorded.bus();
      bus.subscribe(
          ORDERS,
          m -> {
            bus.events().after(Duration.ofMinutes(5)).await();
            bus.publish(PARCELS, m.payload());
          },
          s -> s.timeout(null));
      Instant start = recorded.simulation().clock().now();
      recorded.deliver(ORDERS, "a");
      assertThat(recorded).within(Duration.ofMinutes(4)).didNotPublish(on(PARCELS));
      assertThat(recorded).within(Duration.ofHours(1)).published(PARCELS, "a");
      assertThat(recorded.simulation().clock().now()).isEqualTo(start.plusSeconds(300));
    }
  }

  // ── assertions ──

  private static void publish(RecordedBus recorded, Integer... numbers) {
    for (int number : numbers) {
      recorded.bus().publish(PAYMENTS, number);
    }
  }

  private static void refused(ThrowingCallable assertion, String... words) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(assertion)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void chain_othersBetween_isInOrderAndNextIsNot() {
    try (var recorded = RecordedBus.open()) {
      publish(recorded, 1, 2, 1, 3);
      assertThat(recorded).published(PAYMENTS, 1).then(PAYMENTS, 3);
      assertThat(recorded).published(PAYMENTS, 1).then(PAYMENTS, 2).then(PAYMENTS, 1);
      assertThat(recorded).as("the second 1").published(PAYMENTS, 1).next(PAYMENTS, 3);
      assertThat(recorded).publishedInOrder(on(PAYMENTS).payload(2), on(PAYMENTS).payload(3));
      assertThat(recorded).publishedTimes(2, on(PAYMENTS).payload(1));
      refused(() -> assertThat(recorded).published(PAYMENTS, 3).then(PAYMENTS, 2), "and later");
      refused(() -> assertThat(recorded).published(PAYMENTS, 2).next(PAYMENTS, 3), "directly");
      refused(() -> assertThat(recorded).publishedTimes(3, on(PAYMENTS).payload(1)), "was 2 times");
      refused(() -> assertThat(recorded).didNotPublish(on(PAYMENTS).payload(3)), "not to be");
      refused(() -> assertThat(recorded).publishedNothing(), "Expected nothing");
    }
  }

  @Test
  void whole_exactOrNothingElse() {
    try (var recorded = RecordedBus.open()) {
      publish(recorded, 1, 2);
      assertThat(recorded).published(PAYMENTS, 1).then(PAYMENTS, 2).andNothingElse();
      assertThat(recorded)
          .publishedExactly(
              on("shop.>", Integer.class), on(PAYMENTS).payload("even", n -> n % 2 == 0));
      refused(() -> assertThat(recorded).published(PAYMENTS, 1).andNothingElse(), "nothing", "2");
      refused(() -> assertThat(recorded).publishedExactly(on(PAYMENTS).payload(1)), "exactly");
      refused(
          () -> assertThat(recorded).publishedExactly(on(PAYMENTS).payload(2), on(PAYMENTS)),
          "payload 2");
      refused(
          () -> assertThat(recorded).publishedExactly(on("shop.>", String.class), on(PAYMENTS)),
          "of String");
    }
  }

  @Test
  void failure_printsWhatWasExpectedAndWhatWasPublished() {
    try (var recorded = RecordedBus.open()) {
      recorded.bus().publish(ORDERS, "x".repeat(1_000), p -> p.header("tenant", "7"));
      Message<?> order = recorded.published().getFirst();
      refused(
          () ->
              assertThat(recorded)
                  .published(ORDERS, "x".repeat(1_000))
                  .then(on(PAYMENTS).correlation("c").header("a", "b").withoutCause()),
          "published: on \"shop.orders\", payload " + "x".repeat(200) + "…",
          "and later: on \"shop.payments\", correlation c, header a=b, without cause",
          "but it was\n  1. on \"shop.orders\": " + "x".repeat(200) + "…  id=" + order.id(),
          "{tenant=7}");
      recorded.forget();
      refused(() -> assertThat(recorded).published(PAYMENTS, 1), "but it was\n  nothing");
      assertThatIllegalStateException().isThrownBy(() -> assertThat(recorded).then(PAYMENTS, 1));
    }
  }

  @Test
  void causedBy_otherCause_isRefused() {
    try (var recorded = RecordedBus.simulated(1)) {
      new Shop(recorded.bus());
      Message<String> first = recorded.deliver(ORDERS, "a");
      recorded.runUntilIdle();
      recorded.forget();
      recorded.deliver(ORDERS, "b");
      recorded.runUntilIdle();
      refused(() -> assertThat(recorded).published(on(PAYMENTS).causedBy(first)), "caused by");
      refused(
          () -> assertThat(recorded).published(on(PAYMENTS).causedBy(on(ORDERS).payload("a"))),
          "caused by one on \"shop.orders\", payload a");
      assertThat(recorded).published(on(PAYMENTS).causedBy(on(ORDERS).payload("b")));
    }
  }
}
