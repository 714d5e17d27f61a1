package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What messages pass on their way. */
class MiddlewareTest {
  private static final Topic<String> ORDERS = Topic.of("shop.orders", String.class);
  private static final TopicPattern SHOP = TopicPattern.of("shop.>");

  @SuppressWarnings("unchecked") // all payloads here are texts
  private static Message<String> text(Message<?> message) {
    return (Message<String>) message;
  }

  @Test
  @Covers("R5")
  void use_transformsAndFilters_beforeSubscriptions() throws Exception {
    try (Bus bus = Bus.open()) {
      List<String> heard = new ArrayList<>();
      bus.subscribe(ORDERS, m -> heard.add(m.payload() + m.headers()));
      bus.use(SHOP, (m, next) -> m.payload().equals("spam") ? null : next.handle(m));
      bus.use(SHOP, (m, next) -> next.handle(text(m).withPayload("[" + m.payload() + "]")));
      bus.use(SHOP, (m, next) -> next.handle(m.withHeader("seen", "yes")));
      bus.publish(ORDERS, "apple").await(Patience.LONG);
      Delivery swallowed = bus.publish(ORDERS, "spam");
      assertThat(heard).containsExactly("[apple]{seen=yes}");
      assertThat(swallowed.isDone()).isTrue();
      assertThat(swallowed.outcomes()).containsExactly(new Outcome.Filtered("publish"));
      assertThat(bus.stats().swallowed()).isEqualTo(1);
    }
  }

  @Test
  void use_otherTopics_passUntouched() throws Exception {
    Topic<String> other = Topic.of("other", String.class);
    try (Bus bus = Bus.open()) {
      List<String> heard = new ArrayList<>();
      bus.subscribe(other, m -> heard.add(m.payload()));
      bus.use(SHOP, (m, next) -> null);
      bus.publish(other, "pear").await(Patience.LONG);
      assertThat(heard).containsExactly("pear");
    }
  }

  @Test
  void use_throws_failsThisPublishingOnly() throws Exception {
    try (Bus bus = Bus.open()) {
      List<String> heard = new ArrayList<>();
      bus.subscribe(ORDERS, m -> heard.add(m.payload()));
      bus.use(
          SHOP,
          (m, next) -> {
            if (m.payload().equals("bad")) {
              throw new SecurityException("not allowed");
            }
            return next.handle(m);
          });
      Delivery bad = bus.publish(ORDERS, "bad");
      assertThatThrownBy(() -> bad.await(Patience.LONG)).hasMessageContaining("not allowed");
      bus.publish(ORDERS, "good").await(Patience.LONG);
      assertThat(heard).containsExactly("good");
    }
  }

  @Test
  void use_changesTopicOrType_isRefused() {
    try (Bus bus = Bus.open()) {
      bus.use(
          SHOP,
          (m, next) ->
              next.handle(
                  new Message<>(
                      m.id(),
                      m.topic(),
                      7,
                      m.time(),
                      m.source(),
                      m.publisher(),
                      m.sequence(),
                      m.headers(),
                      null,
                      null,
                      0)));
      Delivery delivery = bus.publish(ORDERS, "apple");
      assertThatThrownBy(() -> delivery.await(Patience.LONG))
          .hasMessageContaining("middleware must keep the topic and the type");
    }
  }

  @Test
  void use_emitter_passesAsWell() throws Exception {
    try (Bus bus = Bus.open();
        Emitter<String> out = bus.emitter(ORDERS)) {
      List<String> heard = new ArrayList<>();
      bus.onPayload(ORDERS, heard::add);
      out.emit("one");
      MiddlewareRegistration upper =
          bus.use(SHOP, (m, next) -> next.handle(text(m).withPayload("TWO")));
      out.emit("two");
      upper.close();
      out.emit("three");
      assertThat(heard).containsExactly("one", "TWO", "three");
    }
  }

  @Test
  void useOnDelivery_wrapsTheHandler() throws Exception {
    try (Bus bus = Bus.open()) {
      List<String> steps = new ArrayList<>();
      bus.subscribe(ORDERS, m -> steps.add("handler of " + m.payload()));
      bus.useOnDelivery(
          SHOP,
          (m, next) -> {
            steps.add("before");
            Message<?> handled = next.handle(m);
            steps.add("after");
            return handled;
          });
      bus.publish(ORDERS, "apple").await(Patience.LONG);
      assertThat(steps).containsExactly("before", "handler of apple", "after");
    }
  }

  @Test
  void useOnDelivery_swallows_isFilteredAtThatSubscription() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.subscribe(ORDERS, m -> {}, s -> s.named("orders"));
      bus.useOnDelivery(SHOP, (m, next) -> null);
      Delivery delivery = bus.publish(ORDERS, "apple");
      delivery.await(Patience.LONG);
      assertThat(delivery.outcomes()).containsExactly(new Outcome.Filtered("orders"));
    }
  }

  @Test
  void async_passesOnWhatItsStageCompletesWith() throws Exception {
    try (Bus bus = Bus.open()) {
      List<String> heard = new ArrayList<>();
      bus.subscribe(ORDERS, m -> heard.add(m.payload() + m.headers()));
      bus.use(
          SHOP,
          Middleware.async(
              m -> CompletableFuture.supplyAsync(() -> m.withHeader("user", "ann")),
              Patience.LONG));
      bus.useOnDelivery(
          SHOP,
          Middleware.async(
              m -> CompletableFuture.completedFuture(m.payload().equals("spam") ? null : m),
              Patience.LONG));
      bus.publish(ORDERS, "apple").await(Patience.LONG);
      Delivery spam = bus.publish(ORDERS, "spam");
      spam.await(Patience.LONG);
      assertThat(heard).containsExactly("apple{user=ann}");
      assertThat(spam.outcomes()).hasOnlyElementsOfType(Outcome.Filtered.class);
    }
  }

  @Test
  @Covers("W6")
  void async_thatFailsOrTakesTooLong_failsThatPublicationOnly() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.use(
          SHOP,
          Middleware.async(
              m ->
                  switch ((String) m.payload()) {
                    case "bad" -> CompletableFuture.failedFuture(new IOException("no access"));
                    case "slow" -> new CompletableFuture<Message<?>>();
                    default -> CompletableFuture.completedFuture(m);
                  },
              Duration.ofMillis(20)));
      assertThat(cause(bus.publish(ORDERS, "bad"))).hasMessage("no access");
      assertThat(cause(bus.publish(ORDERS, "slow"))).isInstanceOf(TimeoutException.class);
      assertThat(bus.publish(ORDERS, "good").outcomes())
          .containsExactly(new Outcome.NoSubscriber());
    }
    assertThatThrownBy(() -> Middleware.async(_ -> new CompletableFuture<>(), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void async_publisherIsInterrupted_failsAndStaysInterrupted() {
    try (Bus bus = Bus.open()) {
      bus.use(SHOP, Middleware.async(_ -> new CompletableFuture<>(), Patience.LONG));
      Thread.currentThread().interrupt();
      Delivery delivery = bus.publish(ORDERS, "apple");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(cause(delivery)).isInstanceOf(InterruptedException.class);
    }
  }

  private static Throwable cause(Delivery delivery) {
    return ((Outcome.Failed) delivery.outcomes().getFirst()).cause();
  }
}
