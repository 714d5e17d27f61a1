package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.bus.Message;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The SDK of the CloudEvents project reads what is written here, and is read. */
@Covers("S3")
final class OtherImplementationTest {
  private static final JsonFormat SDK = new JsonFormat();

  @TestFactory
  Stream<DynamicTest> sdk_readsWhatIsWritten() {
    return Property.check(
        "the SDK reads what is written",
        200,
        gen -> {
          Message<?> message = Samples.message(gen);
          CloudEvent event = SDK.deserialize(JSON.write(message));
          assertThat(event.getTime().toInstant()).isEqualTo(message.time());
          assertThat(Sources.toName(event.getSource().toString())).isEqualTo(message.source());
          assertThat(Sequences.read((String) event.getExtension("sequence")))
              .isEqualTo(message.sequence());
          if (message.causationId() != null) {
            assertThat(event.getExtension("causationid"))
                .isEqualTo(message.causationId().toString());
          }
          if (message.hops() > 0) {
            assertThat(event.getExtension("carillonhops")).isEqualTo(message.hops());
          }
          assertThat(event.getData() == null).isEqualTo(message.payload() instanceof NoData);
          // And what it makes of it is the same message, headers and data included.
          Message<?> back = JSON.read(SDK.serialize(event));
          boolean isExact =
              !(message.payload() instanceof Samples.Order); // the SDK rounds decimals
          assertThat(isExact ? back : withoutPayload(back))
              .isEqualTo(isExact ? message : withoutPayload(message));
        });
  }

  private static <T> Message<?> withoutPayload(Message<T> message) {
    @SuppressWarnings("unchecked")
    var open = (Message<Object>) message;
    return open.withPayload("");
  }

  @TestFactory
  Stream<DynamicTest> read_whatTheSdkWrites_isTheMessage() {
    return Property.check(
        "what the SDK writes is read",
        200,
        gen -> {
          CloudEvent event = event(gen);
          Message<?> message = JSON.read(SDK.serialize(event));
          assertThat(message.time()).isEqualTo(event.getTime().toInstant());
          assertThat(message.source()).isEqualTo(event.getSource().toString());
          assertThat(message.headers().getOrDefault("cloudevents-id", message.id().toString()))
              .isEqualTo(event.getId());
          assertThat(message.headers())
              .containsEntry("myflag", "true")
              .containsEntry("mynumber", "-5");
          assertThat(message.payload()).isEqualTo(Map.of("a", 1));
          CloudEvent again = SDK.deserialize(JSON.write(message));
          checkSame(again, event);
        });
  }

  /** Fails unless an event has the attributes of another. */
  static void checkSame(CloudEvent again, CloudEvent event) {
    assertThat(again.getId()).isEqualTo(event.getId());
    assertThat(again.getType()).isEqualTo(event.getType());
    assertThat(again.getSource()).isEqualTo(event.getSource());
    assertThat(again.getTime()).isEqualTo(event.getTime());
    assertThat(again.getDataSchema()).isEqualTo(event.getDataSchema());
    assertThat(again.getDataContentType()).isEqualTo(event.getDataContentType());
  }

  private static CloudEvent event(Gen gen) {
    var builder =
        CloudEventBuilder.v1()
            .withId(gen.oneOf("1", "ü", UUID.randomUUID().toString()))
            .withSource(URI.create(gen.oneOf("/a", "urn:x:y", "https://a.b/c?d=e%20f#g")))
            .withType("com.example.someevent")
            .withTime(
                OffsetDateTime.of(
                    2026,
                    11,
                    21,
                    12,
                    0,
                    gen.intBetween(0, 59),
                    gen.oneOf(0, 1, 500_000_000),
                    ZoneOffset.ofHours(gen.intBetween(-18, 18))))
            .withExtension("myflag", true)
            .withExtension("mynumber", -5);
    if (gen.chance(0.5)) {
      builder.withSubject(gen.oneOf("shop.orders", "/a/b", "x y"));
    }
    if (gen.chance(0.5)) {
      builder.withDataSchema(URI.create("https://a.b/schema"));
    }
    // None with a '.', as application/vnd.x+json: the SDK takes that for no JSON.
    String json = gen.oneOf("application/json", "application/problem+json", "text/json");
    return builder.withDataContentType(json).withData("{\"a\":1}".getBytes()).build();
  }
}
