package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import dev.carillon.build.Covers;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The format is what the files say, one message for each: it must never change by accident. */
@Covers("S3")
final class GoldenTest {
  @TestFactory
  Stream<DynamicTest> write_messageOfAFile_isTheFile() {
    return messages().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> {
                  String golden = golden(entry.getKey() + ".json");
                  assertThat(JSON.writeText(entry.getValue())).isEqualTo(golden);
                  assertThat(JSON.writeText(JSON.read(golden))).isEqualTo(golden);
                }));
  }

  @TestFactory
  Stream<DynamicTest> writeBatch_messagesOfAFile_isTheFile() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "batch",
            () -> {
              var batch = List.of(Samples.with("a"), Samples.item());
              String golden = golden("batch.json");
              assertThat(new String(JSON.writeBatch(batch), StandardCharsets.UTF_8))
                  .isEqualTo(golden);
              assertThat(JSON.readBatch(golden)).isEqualTo(batch);
            }));
  }

  static Map<String, Message<?>> messages() {
    var messages = new LinkedHashMap<String, Message<?>>();
    messages.put("item", Samples.item());
    messages.put("text", Samples.with("häh? \"quoted\"\n"));
    messages.put("bytes", Samples.with(new byte[] {1, 2, -1}));
    messages.put("nodata", Samples.with(new NoData()));
    messages.put("enum", Samples.with(Samples.Size.LARGE));
    messages.put("list", Samples.with(Arrays.asList(1, 2.5, "x", null, true, Map.of("a", 1L))));
    messages.put("order", Samples.with(order()));
    messages.put("times", Samples.with(times()));
    messages.put("odd", odd());
    messages.put("proto", Samples.with(proto()));
    return messages;
  }

  private static Samples.Order order() {
    return new Samples.Order(
        UUID.fromString("01930a5b-7c00-7abc-8def-0123456789ff"),
        List.of(new Samples.Item("apple", -1, Samples.Size.SMALL)),
        Map.of("apple", new BigDecimal("1.50")),
        Optional.empty(),
        new BigInteger("123456789012345678901234567890"),
        0.1,
        Long.MIN_VALUE,
        true,
        new byte[] {0});
  }

  private static FieldDescriptorProto proto() {
    return FieldDescriptorProto.newBuilder()
        .setName("count")
        .setNumber(7)
        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
        .build();
  }

  private static Samples.Times times() {
    return new Samples.Times(
        Instant.parse("2026-11-21T12:00:00Z"),
        LocalDate.parse("2026-11-21"),
        LocalDateTime.parse("2026-11-21T12:00:00.5"),
        OffsetDateTime.parse("2026-11-21T12:00:00+05:30"),
        ZonedDateTime.parse("2026-11-21T12:00:00+01:00[Europe/Berlin]"),
        Duration.ofMillis(90_500),
        Optional.of(Instant.EPOCH));
  }

  /** Names, ids and headers that no attribute can hold as they are. */
  private static Message<?> odd() {
    return new Message<>(
        UUID.fromString("01930a5b-7c00-7abc-8def-0123456789ab"),
        Topic.of("shop.odd", Integer.class),
        7,
        Instant.EPOCH,
        "my bus: ü",
        "100 %\n",
        Long.MAX_VALUE,
        Map.of(
            "Content-Language", "de", "note", "two\nlines", "id", "x", "cloudevents-id", "y&z=1"),
        "line\nbreak",
        null,
        0);
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream(name)) {
      assertThat(in).as("file %s", name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
