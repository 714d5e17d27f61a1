package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one message, or one event, leads to; and who need not know of whom for that. */
class ChainTest {
  private static final Topic<Integer> ORDERS = Topic.of("shop.orders", Integer.class);
  private static final Topic<String> PARCELS = Topic.of("shop.parcels", String.class);

  private final Bus bus = Bus.open();
  private final List<Object> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  @Covers("C28")
  void listener_thatIsNotified_triggersFurtherEventsAndMessages() throws Exception {
    Event paid = bus.events().newEvent("paid");
    Event packed = bus.events().newEvent("packed");
    Event sent = bus.events().newEvent("sent");
    List<Message<?>> messages = Collections.synchronizedList(new ArrayList<>());
    paid.whenComplete(_ -> bus.publish(ORDERS, 7));
    bus.subscribe(
        ORDERS,
        m -> {
          messages.add(m);
          packed.trigger();
          bus.publish(PARCELS, "parcel of " + m.payload());
        });
    bus.subscribe(
        PARCELS,
        m -> {
          messages.add(m);
          heard.add(m.payload());
          sent.trigger();
        });
    Event all = bus.events().merge(packed, sent);
    assertThat(all.status()).isEqualTo(EventStatus.PENDING);
    paid.trigger();
    assertThat(all.await(Patience.LONG)).isTrue();
    assertThat(heard).containsExactly("parcel of 7");
    assertThat(messages.get(1).causationId()).isEqualTo(messages.get(0).id());
    assertThat(messages.get(1).hops()).isEqualTo(1);
  }

  /** Somebody who publishes: the bus and a topic are all that is known here. */
  private record Shop(Bus bus) {
    Delivery sell(int number) {
      return bus.publish(ORDERS, number);
    }
  }

  @Test
  @Covers("R3")
  void publisher_whoeverSubscribesAndHow_isTheSame() throws Exception {
    var shop = new Shop(bus);
    assertThat(shop.sell(1).outcomes()).containsExactly(new Outcome.NoSubscriber());
    var stream = new TestSubscriber<Message<Integer>>();
    bus.publisher(ORDERS).subscribe(stream);
    stream.request(1);
    List<Subscription> subscriptions =
        List.of(
            bus.subscribe(ORDERS, m -> heard.add(m.payload())),
            bus.subscribe(ORDERS, m -> heard.add(m.payload()), s -> s.direct()),
            bus.subscribe(ORDERS, m -> heard.add(m.payload()), s -> s.concurrent(2)),
            bus.subscribe(
                TopicPattern.of("shop.>"), Object.class, m -> heard.add(m.payload()), s -> s),
            bus.onPayload(ORDERS, heard::add),
            bus.child("shop").onPayload(Topic.of("orders", Integer.class), heard::add));
    Delivery delivery = shop.sell(2);
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.outcomes()).hasSize(7).allMatch(Outcome.Handled.class::isInstance);
    assertThat(heard).containsExactlyElementsOf(Collections.nCopies(6, 2));
    assertThat(stream.items()).hasSize(1);
    stream.cancel();
    subscriptions.forEach(Subscription::close);
    assertThat(shop.sell(3).outcomes()).containsExactly(new Outcome.NoSubscriber());
    assertThat(heard).filteredOn(each -> Objects.equals(each, 3)).isEmpty();
  }
}
