package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.spi.StoredMessage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Messages on one line, for people and for programs. */
final class MessageLineTest {
  private static final DateTimeFormatter TIMES =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Instant TIME = Instant.parse("2026-01-31T12:34:56.789012Z");
  private static final UUID ID = UUID.fromString("01a1ff0e-f32e-756b-9fea-85cdff5e83aa");

  private static MessageLine line(Object payload, Map<String, String> headers) {
    return new MessageLine(
        TIME, "shop.orders", "Order", ID, "till#0", 7, headers, PayloadFields.of(payload));
  }

  private static StoredMessage stored(byte[] payload) {
    return new StoredMessage(1, TIME, "shop.orders", ID, "till#0", 7, "Order", Map.of(), payload);
  }

  private record Order(String customer, int apples, double price, boolean paid, Object note) {}

  @Test
  void text_ofARecord_hasTimeTopicAndFields() {
    assertThat(line(new Order("Ada", 3, 1.5, true, "x"), Map.of("tenant", "7")).text(TIMES))
        .isEqualTo("12:34:56.789 shop.orders customer=Ada apples=3 price=1.5 paid=true note=x");
  }

  @Test
  void text_ofOddValues_quotesThemSoThatALineIsALine() {
    assertThat(line(new Order("A B\n\u001b[1m\u009b", 0, 0, false, ""), Map.of()).text(TIMES))
        .contains("customer=\"A B\\n\\u001b[1m\\u009b\" ")
        .endsWith(" note=\"\"");
    assertThat(line("a=b", Map.of()).text(TIMES)).endsWith(" value=\"a=b\"");
  }

  @Test
  void json_ofARecord_hasAllThatIsKnown() {
    String json = line(new Order("A\"B", 3, 1.5, true, List.of(1)), Map.of("t", "7")).json();
    assertThat(json)
        .isEqualTo(
            "{\"time\":\"2026-01-31T12:34:56.789012Z\",\"topic\":\"shop.orders\",\"type\":\"Order\","
                + "\"id\":\"01a1ff0e-f32e-756b-9fea-85cdff5e83aa\",\"publisher\":\"till#0\","
                + "\"sequence\":7,\"headers\":{\"t\":\"7\"},\"payload\":{\"customer\":\"A\\\"B\","
                + "\"apples\":3,\"price\":1.5,\"paid\":true,\"note\":\"[1]\"}}");
  }

  @Test
  void json_ofWhatJsonHasNoNumberFor_isText() {
    assertThat(line(Double.NaN, Map.of()).json()).endsWith("\"payload\":{\"value\":\"NaN\"}}");
  }

  @Test
  void of_aMessage_isThatOfItsStoredForm() throws Exception {
    var payload = new CensusMessage.Measured("java.util.Map$Entry", 0, 1);
    try (Bus bus = Bus.open(c -> c.withHistory("census.>", h -> h))) {
      Topic<CensusMessage.Measured> topic =
          CensusMessage.CATALOGUE.topic(CensusMessage.Measured.class);
      bus.publish(topic, payload);
      var message = bus.history(q -> q).getFirst();
      var kept =
          new StoredMessage(
              1,
              message.time(),
              message.topic().name(),
              message.id(),
              message.publisher(),
              message.sequence(),
              message.type(),
              message.headers(),
              JsonText.object(PayloadFields.of(payload)).getBytes(UTF_8));
      assertThat(MessageLine.of(kept).json()).isEqualTo(MessageLine.of(message).json());
      assertThat(MessageLine.of(kept).text(TIMES)).isEqualTo(MessageLine.of(message).text(TIMES));
    }
  }

  @Test
  void of_storedHeaders_showsThoseThatWereGiven() {
    Map<String, String> kept = Map.of("$source", "shop", "$$price", "7", "tenant", "8");
    byte[] payload = {'{', '}'};
    var message =
        new StoredMessage(1, TIME, "shop.orders", ID, "till#0", 7, "Order", kept, payload);
    assertThat(MessageLine.of(message).headers()).isEqualTo(Map.of("$price", "7", "tenant", "8"));
  }

  @Test
  void of_storedPayloads_showsWhatTheyAre() {
    assertThat(MessageLine.of(stored("two apples".getBytes(UTF_8))).text(TIMES))
        .isEqualTo("12:34:56.789 shop.orders text=\"two apples\"");
    assertThat(MessageLine.of(stored(new byte[] {-1, 0})).text(TIMES))
        .isEqualTo("12:34:56.789 shop.orders base64=\"/wA=\"");
  }

  @Test
  void parse_anObject_hasItsMembersInOrder() {
    var expected = new LinkedHashMap<String, Object>();
    expected.put("a", "\"\\/\b\f\n\r\t\u0001é");
    expected.put("b", -12L);
    expected.put("c", 0.5e3);
    expected.put("d", true);
    expected.put("e", false);
    expected.put("f", null);
    String text =
        " {\"a\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001é\", \"b\":-12,\"c\":0.5e3,\"d\":true,"
            + "\"e\":false,\n\"f\":null} ";
    assertThat(JsonFields.parse(text).orElseThrow()).containsExactlyEntriesOf(expected);
    assertThat(JsonFields.parse(JsonText.object(expected)).orElseThrow())
        .containsExactlyEntriesOf(expected);
    assertThat(JsonFields.parse("{}")).isEqualTo(Optional.of(Map.of()));
  }

  @Test
  void parse_anythingElse_isNothing() {
    for (String text :
        List.of(
            "",
            "{",
            "[1]",
            "7",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":01}",
            "{\"a\":1-2}",
            "{\"a\":tru}",
            "{\"a\":[]}",
            "{\"a\":1,}",
            "{\"a\":1} x",
            "{\"a\":1,\"a\":2}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"")) {
      assertThat(JsonFields.parse(text)).as(text).isEmpty();
    }
  }
}
