package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static dev.carillon.codec.Samples.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.carillon.build.Covers;
import dev.carillon.build.Property;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import io.cloudevents.v1.proto.CloudEvent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Messages as CloudEvents in protobuf, and back. */
@Covers("S3")
final class ProtobufTest {
  @TestFactory
  Stream<DynamicTest> read_ofWritten_isTheMessage() {
    return Property.check(
        "a message is what is read of its protobuf",
        150,
        gen -> {
          Message<?> message = Samples.message(gen);
          byte[] written = PROTOBUF.write(message);
          assertThat(PROTOBUF.read(written)).isEqualTo(message);
          assertThat(PROTOBUF.write(PROTOBUF.read(written))).isEqualTo(written);
          assertThat(JSON.read(JSON.write(PROTOBUF.read(written)))).isEqualTo(message);
        });
  }

  @TestFactory
  Stream<DynamicTest> readBatch_ofWritten_areTheMessages() {
    return Property.check(
        "messages are what is read of their batch in protobuf",
        30,
        gen -> {
          List<? extends Message<?>> messages = gen.listOf(0, 5, Samples::message);
          assertThat(PROTOBUF.readBatch(PROTOBUF.writeBatch(messages))).isEqualTo(messages);
        });
  }

  @TestFactory
  Stream<DynamicTest> write_messageOfAFile_isTheFile() {
    return GoldenTest.messages().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> {
                  byte[] golden = golden(entry.getKey() + ".pb");
                  assertThat(PROTOBUF.write(entry.getValue())).isEqualTo(golden);
                  assertThat(PROTOBUF.write(PROTOBUF.read(golden))).isEqualTo(golden);
                }));
  }

  @Test
  void writeBatch_messagesOfAFile_isTheFile() throws IOException {
    var batch = List.of(Samples.with("a"), Samples.item());
    assertThat(PROTOBUF.writeBatch(batch)).isEqualTo(golden("batch.pb"));
    assertThat(PROTOBUF.readBatch(golden("batch.pb"))).isEqualTo(batch);
  }

  @Test
  void write_payloadWithASchema_isProtoDataAsTheSpecificationSays() throws IOException {
    Struct struct =
        Struct.newBuilder().putFields("a", Value.newBuilder().setBoolValue(true).build()).build();
    CloudEvent event = CloudEvent.parseFrom(PROTOBUF.write(Samples.with(struct)));
    assertThat(event.getProtoData()).isEqualTo(Any.pack(struct));
    assertThat(event.getAttributesOrThrow("datacontenttype").getCeString())
        .isEqualTo("application/protobuf");
    assertThat(event.getSpecVersion()).isEqualTo("1.0");
  }

  @Test
  void write_otherPayloads_areTextOrBytesAsTheSpecificationSays()
      throws InvalidProtocolBufferException {
    assertThat(parsed(Samples.with("häh")).getTextData()).isEqualTo("häh");
    assertThat(parsed(Samples.with(7)).getTextData()).isEqualTo("7");
    assertThat(parsed(Samples.with(new byte[] {1, -1})).getBinaryData().toByteArray())
        .isEqualTo(new byte[] {1, -1});
    assertThat(parsed(Samples.item()).getTextData())
        .isEqualTo("{\"name\":\"apple\",\"count\":2,\"size\":\"LARGE\"}");
    assertThat(parsed(Samples.with(new NoData())).getDataCase())
        .isEqualTo(CloudEvent.DataCase.DATA_NOT_SET);
  }

  private static CloudEvent parsed(Message<?> message) throws InvalidProtocolBufferException {
    return CloudEvent.parseFrom(PROTOBUF.write(message));
  }

  @Test
  void write_attributes_haveTheirOwnKinds() throws InvalidProtocolBufferException {
    Message<?> message = Samples.item();
    CloudEvent event = parsed(message);
    assertThat(event.getAttributesOrThrow("time").getCeTimestamp().getNanos())
        .isEqualTo(123_456_789);
    assertThat(event.getAttributesOrThrow("carillonhops").getCeInteger()).isEqualTo(3);
    assertThat(event.getAttributesOrThrow("tenant").getCeString()).isEqualTo("7");
    assertThat(event.getSource()).isEqualTo("shop");
  }

  @Test
  void read_timeThatWasWrittenWithAnOffset_keepsItAsAHeader() {
    Message<?> message =
        JSON.read(
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"com.example.nothing\",\"time\":\"2026-11-21T13:00:00+01:00\"}");
    assertThat(message.time()).isEqualTo(Instant.parse("2026-11-21T12:00:00Z"));
    Message<?> read = PROTOBUF.read(PROTOBUF.write(message));
    assertThat(read).isEqualTo(message);
    assertThat(read.headers()).containsEntry("cloudevents-time", "2026-11-21T13:00:00+01:00");
  }

  @Test
  void publish_ofAnEvent_reachesSubscribers() throws Exception {
    var seen = new AtomicReference<Message<?>>();
    try (var bus = Bus.open()) {
      bus.subscribe(Topic.of("shop.items", Samples.Item.class), seen::set);
      PROTOBUF.publish(bus, PROTOBUF.write(Samples.item())).await(Duration.ofSeconds(20));
    }
    assertThat(seen.get().payload()).isEqualTo(Samples.item().payload());
    assertThat(seen.get().headers())
        .containsEntry("tenant", "7")
        .containsEntry("cloudevents-id", Samples.item().id().toString());
  }

  @Test
  void read_messageOfAnotherType_isRefused() {
    CloudEvent event =
        event(CloudEvent.newBuilder().setType("com.shop.struct"))
            .setProtoData(Any.pack(Value.newBuilder().setBoolValue(true).build()))
            .build();
    assertThatThrownBy(() -> PROTOBUF.read(event.toByteArray()))
        .isInstanceOf(CodecException.class)
        .hasMessageContainingAll("google.protobuf.Value", "google.protobuf.Struct");
  }

  static CloudEvent.Builder event(CloudEvent.Builder event) {
    return event.setSpecVersion("1.0").setId(UUID.randomUUID().toString()).setSource("/s");
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = ProtobufTest.class.getResourceAsStream(name)) {
      assertThat(in).as("file %s", name).isNotNull();
      return in.readAllBytes();
    }
  }
}
