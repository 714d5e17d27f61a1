package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of events that others have made. */
@Covers("S3")
final class ForeignEventTest {
  private static final String START =
      "{\"specversion\":\"1.0\",\"id\":\"A234-1234-1234\",\"source\":\"/mycontext\",";

  /** An event of the specification, with all that a message has no place for. */
  private static final String EXAMPLE =
      """
      {
        "specversion" : "1.0",
        "type" : "com.example.someevent",
        "source" : "/mycontext",
        "subject": null,
        "id" : "C234-1234-1234",
        "time" : "2018-04-05T17:31:00+02:00",
        "comexampleextension1" : "value",
        "comexampleothervalue" : 5,
        "comexampleflag" : true,
        "unsetextension": null,
        "datacontenttype" : "application/vnd.x+json",
        "dataschema" : "https://example.com/schema",
        "data" : {"appinfoA" : "abc", "appinfoB" : 123, "appinfoC" : true}
      }
      """;

  @Test
  void read_exampleOfTheSpecification_isAMessage() {
    Message<?> message = JSON.read(EXAMPLE);
    assertThat(message.payload())
        .isEqualTo(Map.of("appinfoA", "abc", "appinfoB", 123, "appinfoC", true));
    assertThat(message.topic()).isEqualTo(Topic.of("com.example.someevent", Map.class));
    assertThat(message.time()).isEqualTo(Instant.parse("2018-04-05T15:31:00Z"));
    assertThat(message.source()).isEqualTo("/mycontext");
    assertThat(message.publisher()).isEqualTo("/mycontext");
    assertThat(message.sequence()).isEqualTo(1);
    assertThat(message.correlationId()).isNull();
    assertThat(message.causationId()).isNull();
    assertThat(message.headers())
        .containsOnly(
            Map.entry("comexampleextension1", "value"),
            Map.entry("comexampleothervalue", "5"),
            Map.entry("comexampleflag", "true"),
            Map.entry("cloudevents-type", "com.example.someevent"),
            Map.entry("cloudevents-id", "C234-1234-1234"),
            Map.entry("cloudevents-time", "2018-04-05T17:31:00+02:00"),
            Map.entry("cloudevents-datacontenttype", "application/vnd.x+json"),
            Map.entry("cloudevents-dataschema", "https://example.com/schema"));
  }

  @Test
  void write_ofForeignEvent_saysWhatItSaid() {
    String again = JSON.writeText(JSON.read(EXAMPLE));
    assertThat(again)
        .contains("\"id\":\"C234-1234-1234\"", "\"type\":\"com.example.someevent\"")
        .contains("\"time\":\"2018-04-05T17:31:00+02:00\"", "\"source\":\"/mycontext\"")
        .contains("\"datacontenttype\":\"application/vnd.x+json\"")
        .contains("\"dataschema\":\"https://example.com/schema\"")
        .contains("\"comexampleothervalue\":\"5\"")
        .doesNotContain("carillon", "cloudevents-");
    assertThat(JSON.read(again)).isEqualTo(JSON.read(EXAMPLE));
  }

  @Test
  void read_idThatIsNoUuid_isTheSameEachTimeAndOtherForOtherSources() {
    String event = START + "\"type\":\"com.example.nothing\"}";
    UUID id = JSON.read(event).id();
    assertThat(id).isEqualTo(UUID.fromString(KNOWN)).isEqualTo(JSON.read(event).id());
    assertThat(id.version()).isEqualTo(5);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(JSON.read(event.replace("/mycontext", "/other")).id()).isNotEqualTo(id);
  }

  /** As uuid5(namespace, source + NUL + id) of another implementation gives it. */
  private static final String KNOWN = "7dba0e7f-4727-53a8-a689-12d25af097c8";

  @Test
  void read_idInUpperCase_isNoUuid() {
    String upper = "01930A5B-7C00-7ABC-8DEF-0123456789AB";
    String event = START.replace("A234-1234-1234", upper) + "\"type\":\"com.example.nothing\"}";
    Message<?> message = JSON.read(event);
    assertThat(message.id().version()).isEqualTo(5);
    assertThat(message.headers()).containsEntry("cloudevents-id", upper);
    assertThat(JSON.writeText(message)).contains(upper);
  }

  @Test
  void read_subjectThatIsNoTopic_isKept() {
    String event = START + "\"type\":\"com.example.nothing\",\"subject\":\"/orders/7\"}";
    Message<?> message = JSON.read(event);
    assertThat(message.topic().name()).isEqualTo("com.example.nothing");
    assertThat(message.headers()).containsEntry("cloudevents-subject", "/orders/7");
    assertThat(JSON.writeText(message)).contains("\"subject\":\"/orders/7\"");
  }

  @Test
  void read_subjectOfTheBusItself_isNoTopicOfIt() {
    String event = START + "\"type\":\"com.example.nothing\",\"subject\":\"$bus.cycle\"}";
    assertThat(JSON.read(event).topic().name()).isEqualTo("com.example.nothing");
  }

  @Test
  void read_typeThatIsNoTopic_isMadeOne() {
    var json = CloudEventsJson.of(c -> c.withAlias("https://a b..c/d", NoData.class));
    assertThat(json.read(START + "\"type\":\"https://a b..c/d\"}").topic().name())
        .isEqualTo("https___a_b._.c_d");
  }

  @Test
  void read_withoutTime_hasTheTimeOfReading() {
    Instant before = Instant.now();
    Message<?> message = JSON.read(START + "\"type\":\"com.example.nothing\"}");
    assertThat(message.time()).isBetween(before, Instant.now());
  }

  @Test
  void read_timesOfRfc3339_areInstants() {
    Map<String, String> times =
        Map.of(
            "2018-04-05t17:31:00z", "2018-04-05T17:31:00Z",
            "2018-04-05T17:31:00.1-00:00", "2018-04-05T17:31:00.1Z",
            "2018-04-05T17:31:00.1234567899Z", "2018-04-05T17:31:00.123456789Z",
            "2018-04-05T17:31:00-18:00", "2018-04-06T11:31:00Z");
    times.forEach((text, expected) -> {
      String event = START + "\"type\":\"com.example.nothing\",\"time\":\"" + text + "\"}";
      assertThat(JSON.read(event).time()).isEqualTo(Instant.parse(expected));
      assertThat(JSON.writeText(JSON.read(event))).contains(text);
    });
  }

  @Test
  void read_sequenceThatIsNoNumber_isKept() {
    for (String sequence :
        List.of("\"abc\"", "\"0\"", "\"99999999999999999999\"", "\"12\"", "12")) {
      String event = START + "\"type\":\"com.example.nothing\",\"sequence\":" + sequence + "}";
      Message<?> message = JSON.read(event);
      assertThat(message.sequence()).isEqualTo(sequence.contains("12") ? 12 : 1);
      assertThat(JSON.writeText(message))
          .contains("\"sequence\":\"" + sequence.replace("\"", "") + "\"");
    }
  }

  @Test
  void read_causeThatIsNoUuid_isAHeader() {
    String event =
        START
            + "\"type\":\"com.example.nothing\",\"causationid\":\"order-123\",\"correlationid\":\"t-1\"}";
    Message<?> message = JSON.read(event);
    assertThat(message.causationId()).isNull();
    assertThat(message.correlationId()).isEqualTo("t-1");
    assertThat(message.headers()).containsEntry("causationid", "order-123");
    assertThat(JSON.writeText(message))
        .contains("\"causationid\":\"order-123\"", "\"correlationid\":\"t-1\"");
  }

  @Test
  void read_dataBeforeItsType_isThePayload() {
    String event =
        "{\"data\":{\"name\":\"a\",\"count\":1,\"size\":\"SMALL\"}," + START.substring(1);
    assertThat(JSON.read(event + "\"type\":\"com.shop.item.v1\"}").payload())
        .isEqualTo(new Samples.Item("a", 1, Samples.Size.SMALL));
  }

  @Test
  void read_dataInBase64_isAsItsContentTypeSays() {
    String base64 = "\"data_base64\":\"eyJuYW1lIjoiYSIsImNvdW50IjoxLCJzaXplIjoiU01BTEwifQ==\"}";
    String text = "{\"name\":\"a\",\"count\":1,\"size\":\"SMALL\"}";
    assertThat(payload("com.shop.item.v1", "application/json", base64))
        .isEqualTo(new Samples.Item("a", 1, Samples.Size.SMALL));
    assertThat(payload("com.example.text", "text/plain; charset=\"UTF-8\"", base64))
        .isEqualTo(text);
    assertThat((byte[]) payload("com.example.bytes", "image/png", base64))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void read_textThatIsNoJson_isTheText() {
    String xml = "\"data\":\"<much wow=\\\"xml\\\"/>\"}";
    assertThat(payload("com.example.text", "application/xml", xml))
        .isEqualTo("<much wow=\"xml\"/>");
    assertThat((byte[]) payload("com.example.bytes", "application/xml", xml))
        .isEqualTo("<much wow=\"xml\"/>".getBytes(StandardCharsets.UTF_8));
    assertThat(payload("com.example.text", "application/json", "\"data\":\"1\"}")).isEqualTo("1");
  }

  @Test
  void read_dataThatIsNull_isNoData() {
    String event = START + "\"type\":\"com.example.nothing\",\"data\":null}";
    assertThat(JSON.read(event).payload()).isEqualTo(new NoData());
  }

  @Test
  void read_fieldsThatAClassLacks_areIgnored() {
    String data = "\"data\":{\"name\":\"a\",\"count\":1,\"size\":\"SMALL\",\"more\":[{}]}}";
    assertThat(payload("com.shop.item.v1", "application/json", data))
        .isEqualTo(new Samples.Item("a", 1, Samples.Size.SMALL));
  }

  private static Object payload(String type, String contentType, String data) {
    String event =
        START
            + "\"type\":\"%s\",\"datacontenttype\":\"%s\",%s"
                .formatted(type, contentType.replace("\"", "\\\""), data);
    return JSON.read(event).payload();
  }
}
