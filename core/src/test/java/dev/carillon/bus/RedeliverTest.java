package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that were made elsewhere and are published as they are. */
class RedeliverTest {
  private static final Topic<Integer> NUMBERS = Topic.of("shop.numbers", Integer.class);
  private static final Topic<Integer> ANSWERS = Topic.of("shop.answers", Integer.class);

  private final Bus bus = Bus.open(c -> c.withHistory(">", h -> h));

  @AfterEach
  void close() {
    bus.close();
  }

  private static Message<Integer> made(Topic<?> topic, int hops) {
    return new Message<>(
        UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057"),
        topic,
        7,
        Instant.parse("2001-02-03T04:05:06Z"),
        "elsewhere",
        "elsewhere#3",
        41,
        Map.of("tenant", "7"),
        "order-1",
        UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8056"),
        hops);
  }

  @Test
  void redeliver_isHeardAndKeptAsItIs() throws Exception {
    Message<Integer> message = made(NUMBERS, 3);
    List<Message<?>> heard = new ArrayList<>();
    bus.subscribe(TopicPattern.of(">"), Object.class, heard::add, SubscriptionOptions::direct);
    Subscription lane = bus.subscribe(NUMBERS, _ -> {});
    Delivery delivery = bus.redeliver(message);
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.outcomes()).contains(new Outcome.Handled(lane.name())).hasSize(2);
    assertThat(heard).containsExactly(message);
    assertThat(bus.history(q -> q)).isEqualTo(List.of(message));
    assertThat(bus.stats().published()).isEqualTo(1);
    bus.publish(NUMBERS, 1);
    assertThat(heard.getLast().sequence()).as("nobody's number was used").isEqualTo(1);
  }

  @Test
  void redeliver_whatItsHandlersPublish_goesOnWhereItStands() {
    List<Message<?>> heard = new ArrayList<>();
    bus.subscribe(NUMBERS, m -> bus.publish(ANSWERS, 1), SubscriptionOptions::direct);
    bus.subscribe(ANSWERS, heard::add, SubscriptionOptions::direct);
    Message<Integer> message = made(NUMBERS, 3);
    bus.redeliver(message);
    assertThat(heard).hasSize(1);
    assertThat(heard.getFirst().hops()).isEqualTo(4);
    assertThat(heard.getFirst().causationId()).isEqualTo(message.id());
    assertThat(heard.getFirst().correlationId()).isEqualTo("order-1");
  }

  @Test
  void redeliver_roundThroughAnotherBus_endsAtTheDepth() {
    try (var log = new CapturedLog("dev.carillon.bus");
        var other = Bus.open()) {
      bus.subscribe(NUMBERS, m -> bus.publish(ANSWERS, 1), SubscriptionOptions::direct);
      List<Message<?>> crossing = new ArrayList<>();
      bus.subscribe(ANSWERS, crossing::add, SubscriptionOptions::direct);
      other.subscribe(ANSWERS, m -> other.publish(NUMBERS, 1), SubscriptionOptions::direct);
      other.subscribe(NUMBERS, crossing::add, SubscriptionOptions::direct);
      bus.publish(NUMBERS, 1);
      int crossings = 0;
      while (!crossing.isEmpty() && crossings < 1_000) { // by turns, as over a wire
        crossings++;
        Bus here = crossings % 2 == 1 ? other : bus;
        here.redeliver(crossing.removeFirst());
      }
      assertThat(crossings).isEqualTo(64);
      assertThat(log.messages()).singleElement().asString().contains("maxCausalDepth=64");
    }
  }

  @Test
  void redeliver_passesMiddleware() {
    bus.use(
        TopicPattern.of("shop.>"), (message, next) -> next.handle(message.withHeader("seen", "1")));
    bus.redeliver(made(NUMBERS, 0));
    assertThat(bus.history(q -> q))
        .singleElement()
        .isEqualTo(made(NUMBERS, 0).withHeader("seen", "1"));
    bus.use(TopicPattern.of("shop.>"), (_, _) -> null);
    assertThat(bus.redeliver(made(NUMBERS, 0)).outcomes())
        .containsExactly(new Outcome.Filtered("publish"));
  }

  @Test
  void redeliver_inAViewBelowAPrefix_keepsTheName() {
    List<Message<?>> heard = new ArrayList<>();
    bus.subscribe(NUMBERS, heard::add, SubscriptionOptions::direct);
    bus.child("shop").redeliver(made(NUMBERS, 0));
    assertThat(heard).containsExactly(made(NUMBERS, 0));
  }

  @Test
  void redeliver_wrong_isRefused() {
    bus.disable();
    assertThat(bus.redeliver(made(NUMBERS, 0)).outcomes())
        .containsExactly(new Outcome.Refused("publish", "the bus is disabled", false));
    bus.enable();
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> bus.redeliver(made(Topic.of("texts", String.class), 0)))
        .withMessageContaining("a payload must be of its topic's type");
    bus.publish(NUMBERS, 1);
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> {
          try (Subscription _ = bus.subscribe(NUMBERS, _ -> {})) {
            bus.redeliver(made(Topic.of(NUMBERS.name(), String.class), 0));
          }
        });
    bus.close();
    assertThatIllegalStateException().isThrownBy(() -> bus.redeliver(made(NUMBERS, 0)));
  }
}
