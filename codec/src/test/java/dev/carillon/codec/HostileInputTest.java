package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.carillon.build.Covers;
import dev.carillon.bus.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is wrong with an event, the answer is one exception that names the rule and the value.
 */
@Covers("S3")
final class HostileInputTest {
  private static final String GOOD =
      "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"com.example.nothing\"}";

  /** A payload that would let the text choose a class. */
  record Open(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object anything) {}

  /** A payload that checks itself. */
  record Positive(int number) {
    Positive {
      if (number < 1) {
        throw new IllegalArgumentException("number must be positive: number=" + number);
      }
    }
  }

  /** A payload that cannot be written. */
  record Broken(String text) {
    public String text() {
      throw new IllegalStateException("no text today");
    }
  }

  private static void refused(String event, String... words) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.read(event))
        .withMessageContainingAll(words)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "specversion":"1.0"  | "specversion":"0.3"               | specversion must be 1.0
          "specversion":"1.0"  | "specversion":1.0                 | an attribute must be a string
          "specversion":"1.0"  | "x":"1.0"                         | must have the attribute specversion
          "id":"1"             | "id":""                           | id must not be empty
          "id":"1"             | "id":1                            | an attribute must be a string
          "id":"1"             | "id":null                         | must have the attribute id
          "id":"1"             | "id":"1","id":"2"                 | Duplicate
          "id":"1"             | "id":"\\u0000"                    | control characters
          "id":"1"             | "id":"\\ud800"                    | surrogate
          "source":"/s"        | "source":"a b"                    | source must be a URI reference
          "source":"/s"        | "source":"ü"                      | source must be a URI reference
          "source":"/s"        | "source":"carillon:%2"            | URI reference
          "source":"/s"        | "source":"carillon:%ff"           | UTF-8
          "id":"1"             | "id":"1","subject":""             | subject must not be empty
          "id":"1"             | "id":"1","time":"yesterday"       | RFC 3339
          "id":"1"             | "id":"1","time":"2018-04-05T17:31:00" | offset
          "id":"1"             | "id":"1","time":"2018-02-30T17:31:00Z" | RFC 3339
          "id":"1"             | "id":"1","time":5                 | an attribute must be a string
          "id":"1"             | "id":"1","dataschema":"/relative" | dataschema must be a URI
          "id":"1"             | "id":"1","datacontenttype":"json" | media type
          "id":"1"             | "id":"1","Foo":"1"                | a-z and 0-9
          "id":"1"             | "id":"1","foo_bar":null           | a-z and 0-9
          "id":"1"             | "id":"1","":"1"                   | a-z and 0-9
          "id":"1"             | "id":"1","foo":{}                 | an extension a string
          "id":"1"             | "id":"1","foo":[1]                | an extension a string
          "id":"1"             | "id":"1","data":1                 | must have no data
          "id":"1"             | "id":"1","data":1,"data_base64":"AA==" | must not both be there
          "id":"1"             | "id":"1","data_base64":"*"        | must be Base64
          "id":"1"             | "id":"1","data_base64":1          | must be a string
          "id":"1"             | "id":"1","carillonhops":-1        | carillonhops
          "id":"1"             | "id":"1","carillonhops":""        | carillonhops
          "id":"1"             | "id":"1","carillonheaders":"a"    | name=value
          "id":"1"             | "id":"1","carillonheaders":"a=1&a=2" | once
          "id":"1"             | "id":"1","a":"1","carillonheaders":"a=1" | once
          "id":"1"             | "id":"1","carillonheaders":"a=%zz" | hexadecimal
          "id":"1"             | "id":"1","correlationid":"a","carilloncorrelation":"b" | must not both
          com.example.nothing  | com.unknown                       | CloudEventsConfig.withType
          com.example.nothing  | java.lang.Runtime                 | java.lang.Runtime
          com.example.nothing  | com.shop.item.v1                  | must have data
          {"spec               | [{"spec                           | must be an object
          {"spec               | {{"spec                           | well-formed
          """)
  void read_eventWithAFault_isRefused(String good, String bad, String word) {
    refused(GOOD.replace(good, bad), word);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
              com.shop.item.v1 | null
              com.shop.item.v1 | []
              com.shop.item.v1 | "text"
              com.shop.item.v1 | {"name":"a","name":"b"}
              com.shop.item.v1 | {"name":5}
              com.shop.item.v1 | {"count":"5"}
              com.shop.item.v1 | {"count":5.5}
              com.shop.item.v1 | {"count":null}
              com.shop.item.v1 | {"count":99999999999}
              com.shop.item.v1 | {"count":1,"size":0}
              com.shop.item.v1 | {"count":1,"size":"HUGE"}
              com.shop.item.v1 | {"count":1,"size":"large!"}
              com.shop.size    | "huge"
              com.shop.size    | 1
              com.example.bytes | "AA=="
              com.example.text | 5
              com.example.someevent | [1]
              com.example.someevent | {"a":[1e999]}
          dev.carillon.list | [-1e999]
          dev.carillon.int | "5"
              dev.carillon.int | 1.5
              dev.carillon.char | "ab"
              dev.carillon.boolean | 1
          """)
  void read_dataThatDoesNotFit_isRefused(String type, String data) {
    refused(GOOD.replace("com.example.nothing\"", type + "\",\"data\":" + data), "must");
  }

  @Test
  void read_noEvent_isRefused() {
    for (String text :
        List.of("", " ", "null", "[]", "1", "{", "{}", "\"", "\ufeff{}", "{}x", "\0")) {
      refused(text, "event");
    }
    refused(GOOD + "{}", "after the end");
    refused(GOOD + "]", "well-formed");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.read(new byte[] {'{', (byte) 0xff, '}'}))
        .withMessageContaining("UTF-8");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.read(GOOD.getBytes(StandardCharsets.UTF_16)))
        .withMessageContaining("UTF-8");
  }

  @Test
  void readBatch_oneBadEvent_isNamed() {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.readBatch("[" + GOOD + "," + GOOD.replace("1.0", "2") + "]"))
        .withMessageContainingAll("event 1 of the batch", "specversion");
    for (String batch : List.of(GOOD, "[" + GOOD, "[1]", "[null]", "[[]]", "[]]", "")) {
      assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JSON.readBatch(batch));
    }
    assertThat(JSON.readBatch("[]")).isEmpty();
  }

  @Test
  void read_moreThanTheLimits_isRefused() {
    String data = GOOD.replace("com.example.nothing\"", "com.example.someevent\",\"data\":");
    String deep = "[".repeat(100_000);
    refused(GOOD.replace("com.example.nothing\"", "dev.carillon.list\",\"data\":" + deep), "depth");
    refused(data.replace("}", deep), "depth");
    refused(data.replace("}", "{\"n\":" + "9".repeat(300) + "}}"), "limits");
    refused(" ".repeat(1 << 20) + GOOD, "maxBytes=1048576");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.read(new byte[(1 << 20) + 1]))
        .withMessageContaining("maxBytes=1048576");
    var small = CloudEventsJson.of(c -> c.withMaxBytes(100_000).withJsonLimits(5, 100, 30));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.read(GOOD.replace("\"1\"", "\"" + "x".repeat(101) + "\"")))
        .withMessageContaining("limits");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.read("ü".repeat(50_001)))
        .withMessageContainingAll("maxBytes=100000", "bytes=100002");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> small.write(Samples.with("x".repeat(100_000))))
        .withMessageContaining("maxBytes=100000");
  }

  @Test
  void message_ofLongOrControlledValue_isShortAndOfOneLine() {
    refused(GOOD.replace("\"/s\"", "\"" + "x y".repeat(1_000) + "\""), "… of 3000 chars");
    refused(GOOD.replace("com.example.nothing", "a\\u2028b"), "type=");
    refused(GOOD.replace("\"/s\"", "\"/s\\n[31m\""), "\\u000a");
  }

  @Test
  void codec_polymorphicPayload_isRefused() {
    var json = CloudEventsJson.of(c -> c.withType("open", Open.class));
    String event =
        GOOD.replace(
            "com.example.nothing\"",
            "open\",\"data\":{\"anything\":{\"@class\":\"java.util.ArrayList\"}}");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> json.read(event))
        .withMessageContaining("@JsonTypeInfo");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> json.write(Samples.with(new Open("x"))))
        .withMessageContaining("@JsonTypeInfo");
  }

  @Test
  void read_payloadRefusesItself_namesItsReason() {
    var json = CloudEventsJson.of(c -> c.withType("positive", Positive.class));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() ->
            json.read(GOOD.replace("com.example.nothing\"", "positive\",\"data\":{\"number\":0}")))
        .withMessageContaining("number=0");
  }

  @Test
  void write_whatCannotBe_isRefused() {
    var json = CloudEventsJson.of(c -> c.withType("broken", Broken.class));
    var cyclic = new HashMap<String, Object>();
    cyclic.put("self", List.of(cyclic));
    var deep = new ArrayList<Object>();
    List<Object> inner = deep;
    for (int i = 0; i < 63; i++) {
      var next = new ArrayList<Object>();
      inner.add(next);
      inner = next;
    }
    for (Object payload :
        List.of(
            new Broken("x"),
            new Object(),
            new StringBuilder("x"),
            Thread.currentThread(),
            Map.of("a", new Object()),
            Map.of(1, "a"),
            List.of(Double.NaN),
            cyclic,
            deep)) {
      assertThatExceptionOfType(CodecException.class)
          .as(payload.getClass().getName())
          .isThrownBy(() -> json.write(Samples.with(Object.class, payload)));
    }
    Message<?> item = Samples.item();
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JSON.write(item.withHeader("\ud800", "x")))
        .withMessageContaining("surrogate");
  }
}
