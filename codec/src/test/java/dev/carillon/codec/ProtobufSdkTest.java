package dev.carillon.codec;

import static dev.carillon.codec.Samples.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.bus.Message;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.protobuf.ProtobufFormat;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The SDK of the CloudEvents project reads what is written here in protobuf, and is read. */
@Covers("S3")
final class ProtobufSdkTest {
  private static final ProtobufFormat SDK = new ProtobufFormat();

  @TestFactory
  Stream<DynamicTest> sdk_readsWhatIsWritten() {
    return Property.check(
        "the SDK reads what is written in protobuf",
        80,
        gen -> {
          Message<?> message = Samples.message(gen);
          CloudEvent event = SDK.deserialize(PROTOBUF.write(message));
          assertThat(event.getTime().toInstant()).isEqualTo(message.time());
          assertThat(Sources.toName(event.getSource().toString())).isEqualTo(message.source());
          assertThat(Sequences.read((String) event.getExtension("sequence")))
              .isEqualTo(message.sequence());
          if (message.hops() > 0) {
            assertThat(event.getExtension("carillonhops")).isEqualTo(message.hops());
          }
          assertThat(event.getData() == null).isEqualTo(message.payload() instanceof NoData);
          // And what it makes of it is the same message, headers and data included.
          assertThat(PROTOBUF.read(SDK.serialize(event))).isEqualTo(message);
        });
  }

  @TestFactory
  Stream<DynamicTest> read_whatTheSdkWrites_isTheMessage() {
    return Property.check(
        "what the SDK writes in protobuf is read",
        80,
        gen -> {
          CloudEvent event = event(gen);
          Message<?> message = PROTOBUF.read(SDK.serialize(event));
          assertThat(message.time()).isEqualTo(event.getTime().toInstant());
          assertThat(message.source()).isEqualTo(event.getSource().toString());
          assertThat(message.headers().getOrDefault("cloudevents-id", message.id().toString()))
              .isEqualTo(event.getId());
          assertThat(message.headers())
              .containsEntry("myflag", "true")
              .containsEntry("mynumber", "-5")
              .containsEntry("myuri", "https://a.b/c");
          assertThat(message.payload()).isEqualTo(Map.of("a", 1));
          CloudEvent again = SDK.deserialize(PROTOBUF.write(message));
          OtherImplementationTest.checkSame(again, event);
        });
  }

  @Test
  void read_messageThatTheSdkPacked_isThePayload() throws InvalidProtocolBufferException {
    Struct struct =
        Struct.newBuilder().putFields("a", Value.newBuilder().setNumberValue(1).build()).build();
    byte[] event =
        ProtobufTest.event(
                io.cloudevents.v1.proto.CloudEvent.newBuilder().setType("com.shop.struct"))
            .setProtoData(Any.pack(struct, "https://schemas.example.com/x/"))
            .build()
            .toByteArray();
    assertThat(PROTOBUF.read(event).payload()).isEqualTo(struct);
    byte[] withSchema =
        io.cloudevents.v1.proto.CloudEvent.parseFrom(event).toBuilder()
            .putAttributes(
                "dataschema",
                io.cloudevents.v1.proto.CloudEvent.CloudEventAttributeValue.newBuilder()
                    .setCeUri("type.googleapis.com/google.protobuf.Struct")
                    .build())
            .build()
            .toByteArray();
    assertThat(PROTOBUF.read(withSchema).payload()).isEqualTo(struct);
    assertThat(PROTOBUF.read(withSchema).headers()).isEqualTo(PROTOBUF.read(event).headers());
    assertThat(PROTOBUF.read(SDK.serialize(SDK.deserialize(event))).payload()).isEqualTo(struct);
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
                    ZoneOffset.UTC))
            .withExtension("myflag", true)
            .withExtension("mynumber", -5)
            .withExtension("myuri", URI.create("https://a.b/c"));
    if (gen.chance(0.5)) {
      builder.withSubject(gen.oneOf("shop.orders", "/a/b", "x y"));
    }
    if (gen.chance(0.5)) {
      builder.withDataSchema(URI.create("https://a.b/schema"));
    }
    String json = gen.oneOf("application/json", "application/problem+json", "text/json");
    return builder
        .withDataContentType(json)
        .withData("{\"a\":1}".getBytes(StandardCharsets.UTF_8))
        .build();
  }
}
