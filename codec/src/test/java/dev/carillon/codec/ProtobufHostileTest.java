package dev.carillon.codec;

import static dev.carillon.codec.Samples.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import com.google.protobuf.Value;
import dev.carillon.build.Covers;
import dev.carillon.spi.EventRecord;
import dev.carillon.spi.PayloadException;
import io.cloudevents.v1.proto.CloudEvent;
import io.cloudevents.v1.proto.CloudEvent.CloudEventAttributeValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with an event in protobuf, one exception names the rule and the value. */
@Covers("S3")
final class ProtobufHostileTest {
  private static CloudEvent.Builder good() {
    return CloudEvent.newBuilder()
        .setSpecVersion("1.0")
        .setId("1")
        .setSource("/s")
        .setType("com.example.nothing");
  }

  private static CloudEvent.Builder with(String name, CloudEventAttributeValue.Builder value) {
    return good().putAttributes(name, value.build());
  }

  private static CloudEventAttributeValue.Builder value() {
    return CloudEventAttributeValue.newBuilder();
  }

  private static void refused(CloudEvent.Builder event, String... words) {
    refused(event.build().toByteArray(), words);
  }

  private static void refused(byte[] event, String... words) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> PROTOBUF.read(event))
        .withMessageContainingAll(words)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
  }

  /** {@return a batch} The SDK has no class for it. */
  private static byte[] batch(CloudEvent.Builder... events) {
    Field.Builder field = Field.newBuilder();
    for (CloudEvent.Builder event : events) {
      field.addLengthDelimited(event.build().toByteString());
    }
    return UnknownFieldSet.newBuilder().addField(1, field.build()).build().toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void read_goodEvent_isAMessage() {
    assertThat(PROTOBUF.read(good().build().toByteArray()).payload()).isEqualTo(new NoData());
  }

  @Test
  void read_attributesThatAreMissingOrWrong_isRefused() {
    refused(new byte[0], "specversion");
    refused(good().clearId(), "must have the attribute id");
    refused(good().clearSource(), "source");
    refused(good().clearType(), "type");
    refused(good().setSpecVersion("0.3"), "specversion must be 1.0", "0.3");
    refused(good().setType("com.unknown"), "a type must be known", "com.unknown");
    refused(with("Big", value().setCeString("x")), "a-z and 0-9", "Big");
    refused(with("id", value().setCeString("x")), "one that is a field", "id");
    refused(with("data", value().setCeString("x")), "data");
    refused(with("tenant", value().setCeString("a\nb")), "control characters", "tenant");
    refused(with("tenant", value()), "a value of a known kind");
    refused(with("subject", value().setCeInteger(1)), "must be a string", "subject", "integer");
    refused(with("time", value().setCeBoolean(true)), "time", "boolean");
    refused(with("time", value().setCeString("noon")), "time of RFC 3339");
    refused(
        with("time", value().setCeTimestamp(Timestamp.newBuilder().setSeconds(1L << 40))),
        "0001 to 9999");
    refused(with("time", value().setCeTimestamp(Timestamp.newBuilder().setNanos(-1))), "nanos=-1");
  }

  @Test
  void read_whatComesTwice_isRefused() {
    byte[] event = good().build().toByteArray();
    refused(joined(event, CloudEvent.newBuilder().setId("2").build().toByteArray()), "once", "id");
    byte[] tenant =
        CloudEvent.newBuilder()
            .putAttributes("tenant", value().setCeString("1").build())
            .build()
            .toByteArray();
    refused(joined(event, tenant, tenant), "once", "tenant");
    byte[] text = CloudEvent.newBuilder().setTextData("a").build().toByteArray();
    byte[] bytes =
        CloudEvent.newBuilder().setBinaryData(ByteString.copyFromUtf8("a")).build().toByteArray();
    refused(joined(event, text, bytes), "once in all");
    refused(joined(event, text, text), "once in all");
  }

  @Test
  void read_dataThatDoesNotFit_isRefused() {
    refused(good().setTextData("a"), "must have no data");
    CloudEvent.Builder struct = good().setType("com.shop.struct");
    refused(struct.clone().setTextData("{}"), "must fit the type of event", "Struct");
    refused(struct.clone().setProtoData(Any.newBuilder()), "type_url");
    refused(
        struct.clone().setProtoData(Any.newBuilder().setTypeUrl("google.protobuf.Struct")),
        "ends with '/'");
    refused(
        struct
            .clone()
            .setProtoData(
                Any.newBuilder()
                    .setTypeUrl("x/google.protobuf.Struct")
                    .setValue(ByteString.copyFromUtf8("\u0001"))),
        "data must be a message of protobuf");
    refused(
        good().setType("com.example.text").setProtoData(Any.pack(Struct.getDefaultInstance())),
        "must be for a class of one",
        "google.protobuf.Struct");
    refused(good().setType("com.shop.item.v1").setTextData("{"), "data must fit");
  }

  @Test
  void read_bytesThatAreNoProtobuf_isRefused() {
    byte[] event = good().build().toByteArray();
    refused("{}".getBytes(StandardCharsets.UTF_8), "protobuf");
    refused(Arrays.copyOf(event, event.length - 1), "protobuf");
    refused(new byte[] {1 << 3 | 2, -1, -1, -1, -1, 7}, "protobuf"); // a length of 2 GiB
    refused(new byte[] {1 << 3 | 2, 1, -1}, "protobuf"); // no UTF-8
    refused(new byte[] {1 << 3, 1}, "field=1");
    refused(new byte[] {9 << 3 | 4}, "protobuf"); // the end of a group that never began
  }

  @Test
  void read_groupsAndMessagesInEachOther_areRefusedBeforeTheStackEnds() {
    var groups = new byte[100_000];
    Arrays.fill(groups, (byte) (9 << 3 | 3));
    refused(groups, "protobuf");
    Value value = Value.newBuilder().setBoolValue(true).build();
    for (int i = 0; i < 40; i++) {
      value = Value.newBuilder().setStructValue(Struct.newBuilder().putFields("a", value)).build();
    }
    Struct deep = Struct.newBuilder().putFields("a", value).build();
    refused(good().setType("com.shop.struct").setProtoData(Any.pack(deep)), "protobuf");
  }

  @Test
  void read_fieldsOfLaterVersions_areSkipped() {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(99, Field.newBuilder().addVarint(1).build())
            .addField(100, Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build())
            .build();
    assertThat(PROTOBUF.read(good().setUnknownFields(later).build().toByteArray()).source())
        .isEqualTo("/s");
  }

  @Test
  void read_orWrite_beyondTheLimit_isRefused() {
    CloudEventsProtobuf small = CloudEventsProtobuf.of(c -> c.withMaxBytes(200));
    byte[] event =
        good().setType("dev.carillon.string").setTextData("x".repeat(200)).build().toByteArray();
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.read(event))
        .withMessageContainingAll("maxBytes=200", "bytes=");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.write(Samples.with("x".repeat(200))))
        .withMessageContaining("maxBytes=200");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.writeBatch(List.of(Samples.with("a"), Samples.with("b"))))
        .withMessageContaining("maxBytes=200");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.write(Samples.with("\ud800")))
        .withMessageContaining("surrogate");
  }

  @Test
  void readBatch_withOneThatIsWrong_namesIt() {
    byte[] batch = batch(good(), good().clearId());
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> PROTOBUF.readBatch(batch))
        .withMessageContainingAll("event 1 of the batch", "id");
  }

  @Test
  void protobufEvents_documents_areRecords() {
    var format = new ProtobufEvents();
    assertThat(format.reads(CloudEventsProtobuf.MEDIA_TYPE)).isTrue();
    assertThat(format.reads("application/json")).isFalse();
    Struct struct = Struct.newBuilder().putFields("a", Value.getDefaultInstance()).build();
    byte[] batch = batch(good().setTextData("häh"), good().setProtoData(Any.pack(struct)));
    List<EventRecord> records = format.read(CloudEventsProtobuf.BATCH_MEDIA_TYPE, batch, 2);
    assertThat(new String(records.get(0).data(), StandardCharsets.UTF_8)).isEqualTo("häh");
    assertThat(records.get(1).data()).isEqualTo(struct.toByteArray());
    assertThat(records.get(1).attributes())
        .containsEntry("datacontenttype", "application/protobuf");
    assertThatExceptionOfType(PayloadException.class)
        .isThrownBy(() -> format.read(CloudEventsProtobuf.BATCH_MEDIA_TYPE, batch, 1))
        .withMessageContaining("at most 1 events");
    assertThat(format.read(CloudEventsProtobuf.MEDIA_TYPE, good().build().toByteArray(), 1))
        .singleElement()
        .satisfies(record -> assertThat(record.data()).isEmpty());
  }

  @Test
  void withType_classOfProtobufThatIsNotGenerated_isRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> CloudEventsConfig.DEFAULT.withType("x", com.google.protobuf.DynamicMessage.class))
        .withMessageContaining("made by its compiler");
  }
}
