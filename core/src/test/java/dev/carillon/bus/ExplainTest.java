package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a bus tells of itself: who publishes, who hears it, what holds messages up. */
@Covers("W17")
class ExplainTest {
  private static final Topic<Integer> ORDERS = Topic.of("shop.orders", Integer.class);
  private static final Topic<Integer> BILLS = Topic.of("shop.bills", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus.dispatch");
  private final Bus bus = Bus.open(c -> c.withName("shop").withDispatchLog(true));
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    bus.close();
    log.close();
  }

  private void waitAtTheGate() throws InterruptedException {
    begun.countDown();
    gate.await();
  }

  @Test
  void crossReferencesBetweenPublishersAndSubscribers() {
    try (Emitter<Integer> out = bus.emitter(ORDERS)) {
      out.emit(1);
      out.emit(2);
      bus.publish(BILLS, 3);
      bus.subscribe(ORDERS, _ -> {}, s -> s.named("packing"));
      bus.subscribe(
          TopicPattern.of("shop.>"), Object.class, _ -> {}, s -> s.named("audit").concurrent(2));
      BusExplanation all = bus.explain();
      assertThat(all.routes())
          .extracting(BusExplanation.Route::topic)
          .containsExactly("shop.bills", "shop.orders");
      BusExplanation.Route orders = all.routes().getLast();
      assertThat(orders.publishers()).singleElement().asString().matches("shop#\\d+ \\(2\\)");
      assertThat(orders.heardBy()).containsExactly("packing", "audit");
      assertThat(all.routes().getFirst().heardBy()).containsExactly("audit");
      assertThat(all.subscriptions())
          .extracting(BusExplanation.Subscriber::form)
          .containsExactly("up to 2 at once", "one at a time");
      assertThat(all.toString())
          .contains("bus \"shop\"")
          .contains("\"packing\" hears shop.orders of Integer, one at a time: HEALTHY, waiting=0")
          .contains("shop.bills: shop#");
    }
  }

  @Test
  void handlerThatHangs_isNamedWithItsPlaceAndWhatWaitsBehindIt() throws Exception {
    bus.subscribe(ORDERS, _ -> waitAtTheGate(), s -> s.named("packing"));
    bus.publish(ORDERS, 1);
    Patience.await(begun);
    bus.publish(ORDERS, 2);
    BusExplanation.Subscriber packing = bus.explain().subscriptions().getFirst();
    assertThat(packing.stats().queued()).isEqualTo(1);
    assertThat(packing.handling()).hasSize(1);
    BusExplanation.UnderWay handled = packing.handling().getFirst();
    assertThat(handled.topic()).isEqualTo("shop.orders");
    assertThat(handled.at()).contains("ExplainTest.waitAtTheGate");
    assertThat(packing.toString()).contains("waiting=1 of 1024").contains("handles ");
  }

  @Test
  void handlerThatWaitsForAnother_saysForWhat() throws Exception {
    bus.subscribe(ORDERS, _ -> bus.publishAndAwait(BILLS, 1, Patience.LONG), s -> s.named("pack"));
    bus.subscribe(BILLS, _ -> waitAtTheGate(), s -> s.named("bill").concurrent(2));
    bus.publish(ORDERS, 1);
    Patience.await(begun);
    Patience.until(
        "it waits",
        () -> bus.explain().toString().contains("waits for the delivery on shop.bills"));
    gate.countDown();
  }

  @Test
  void explainTopic_nobodyHears_hintsAtNearMisses() {
    bus.subscribe(Topic.of("Shop.orders", Integer.class), _ -> {}, s -> s);
    bus.subscribe(Topic.of("shop.order", Integer.class), _ -> {}, s -> s);
    bus.subscribe(Topic.of("farm.cows", Integer.class), _ -> {}, s -> s);
    BusExplanation.Route route = bus.explain(ORDERS);
    assertThat(route.heardBy()).isEmpty();
    assertThat(route.hints())
        .containsExactly(
            "somebody hears Shop.orders, which is not it",
            "somebody hears shop.order, which is not it");
    assertThat(route.toString()).startsWith("shop.orders: nobody has published -> nobody");
  }

  @Test
  void explainTopic_somethingIsInTheWay_hintsAtIt() {
    Subscription held = bus.subscribe(ORDERS, _ -> {}, s -> s.named("held"));
    held.pause();
    bus.subscribe(TopicPattern.of("shop.*"), String.class, _ -> {}, s -> s.named("texts").direct());
    bus.subscribe(ORDERS, _ -> {}, s -> s.named("choosy").direct().filter(_ -> false));
    bus.publish(ORDERS, 1);
    bus.disable();
    assertThat(bus.explain(ORDERS).hints())
        .contains(
            "\"held\" is paused",
            "\"texts\" filters all of it: it wants java.lang.String, the topic is of"
                + " java.lang.Integer",
            "\"choosy\" has filtered all that came: 1",
            "the bus is disabled, and refuses all");
    assertThat(bus.explain().toString()).contains("bus \"shop\", disabled: it refuses all");
  }

  @Test
  @Covers("W15")
  void dispatchLog_saysWhoWasGivenAMessageAndWhatBecameOfIt() throws Exception {
    var calls = new AtomicInteger();
    bus.subscribe(ORDERS, _ -> calls.incrementAndGet(), s -> s.named("now").direct());
    bus.subscribe(ORDERS, _ -> waitAtTheGate(), s -> s.named("later"));
    Delivery delivery = bus.publish(ORDERS, 1);
    assertThat(log.messages())
        .singleElement()
        .asString()
        .contains("on shop.orders by shop#")
        .contains("to 2: known=[Handled[subscription=now]], with \"later\" (");
    gate.countDown();
    delivery.await(Duration.ofSeconds(30));
    Patience.until("its end is logged", () -> log.messages().size() == 2);
    assertThat(log.messages().getLast()).contains(" is over: [Handled[");
    try (Emitter<Integer> out = bus.emitter(BILLS)) {
      out.emit(1);
    }
    assertThat(log.messages().getLast()).contains("a message on shop.bills, to nobody: [NoSubs");
  }
}
