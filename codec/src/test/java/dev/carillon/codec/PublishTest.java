package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import dev.carillon.bus.Outcome;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What was read is published, and what it was stays visible. */
@Covers("S3")
final class PublishTest {

  @Test
  void publish_messageOfAnotherBus_keepsWhatItWas() throws InterruptedException {
    Message<?> item = Samples.item();
    Message<?> heard = published(JSON.write(item));
    assertThat(heard.topic()).isEqualTo(item.topic());
    assertThat(heard.payload()).isEqualTo(item.payload());
    assertThat(heard.correlationId()).isEqualTo("c-1");
    assertThat(heard.source()).isEqualTo("here");
    assertThat(heard.id()).isNotEqualTo(item.id());
    assertThat(heard.hops()).isZero();
    assertThat(heard.causationId()).isNull();
    assertThat(heard.headers())
        .containsOnly(
            Map.entry("tenant", "7"),
            Map.entry("cloudevents-id", item.id().toString()),
            Map.entry("cloudevents-time", "2026-11-21T12:00:00.123456789Z"),
            Map.entry("cloudevents-source", "shop"),
            Map.entry("cloudevents-publisher", "shop#1"),
            Map.entry("cloudevents-sequence", "42"),
            Map.entry("cloudevents-hops", "3"),
            Map.entry("cloudevents-causationid", "01930a5b-7c00-7abc-8def-0123456789aa"));
    assertThat(JSON.read(JSON.write(heard))).isEqualTo(heard);
  }

  @Test
  void publish_foreignEvent_keepsItsIdAndTimeAsTheyWere() throws InterruptedException {
    Message<?> heard =
        published(
            """
            {"specversion":"1.0","id":"A-1","source":"/s","type":"com.example.nothing",
             "time":"2018-04-05T17:31:00+02:00","sequence":"x","carillonheaders":
             "reply-to=shop.orders&request-id=1&cloudevents-source=lie&cloudevents-causationid=lie"}
            """
                .getBytes(StandardCharsets.UTF_8));
    assertThat(heard.headers())
        .containsOnly(
            Map.entry("cloudevents-id", "A-1"),
            Map.entry("cloudevents-type", "com.example.nothing"),
            Map.entry("cloudevents-time", "2018-04-05T17:31:00+02:00"),
            Map.entry("cloudevents-source", "/s"),
            Map.entry("cloudevents-publisher", "/s"),
            Map.entry("cloudevents-sequence", "x"),
            Map.entry("cloudevents-hops", "0"));
  }

  @Test
  void publish_headersThatLie_areReplaced() throws InterruptedException {
    Message<?> item =
        Samples.item()
            .withHeader("cloudevents-id", "lie")
            .withHeader("cloudevents-time", "2000-01-01T00:00:00Z")
            .withHeader("cloudevents-sequence", "7");
    assertThat(published(JSON.write(item)).headers())
        .containsEntry("cloudevents-id", item.id().toString())
        .containsEntry("cloudevents-time", "2026-11-21T12:00:00.123456789Z")
        .containsEntry("cloudevents-sequence", "42");
  }

  private static Message<?> published(byte[] event) throws InterruptedException {
    var heard = new AtomicReference<Message<?>>();
    try (Bus bus = Bus.open(c -> c.withName("here"))) {
      bus.subscribe(TopicPattern.of(">"), Object.class, heard::set, s -> s);
      Delivery delivery = JSON.publish(bus, event);
      assertThat(delivery.await(Patience.LONG)).isTrue();
      assertThat(delivery.outcomes()).singleElement().isInstanceOf(Outcome.Handled.class);
    }
    return heard.get();
  }

  @Test
  void publish_whatIsNoEvent_publishesNothing() {
    try (Bus bus = Bus.open()) {
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> JSON.publish(bus, new byte[] {'{'}));
      assertThat(bus.stats().published()).isZero();
    }
  }

  @Test
  void publish_ofRead_keepsTheTypeOfTheTopic() throws InterruptedException {
    Topic<Record> items = Topic.of("shop.items", Record.class);
    var json = CloudEventsJson.of(c -> JSON.config().withTopic(items));
    var heard = new AtomicReference<Record>();
    try (Bus bus = Bus.open()) {
      bus.onPayload(items, heard::set);
      json.publish(bus, json.read(JSON.write(Samples.item()))).await(Patience.LONG);
    }
    assertThat(heard.get()).isEqualTo(Samples.item().payload());
  }
}
