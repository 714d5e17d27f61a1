package dev.carillon.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.source.HttpEndpoint;
import dev.carillon.source.Item;
import dev.carillon.source.Outlet;
import dev.carillon.source.Source;
import dev.carillon.source.WebRequest;
import dev.carillon.spi.EventRecord;
import dev.carillon.spi.PayloadException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** CloudEvents in JSON as endpoints read them: attributes, and data as bytes. */
class JsonEventsTest {
  private static final String ONE = CloudEventsJson.MEDIA_TYPE;
  private static final String BATCH = CloudEventsJson.BATCH_MEDIA_TYPE;
  private static final String START =
      "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"any.type\"";

  private static List<EventRecord> read(String type, String text) {
    return new JsonEvents().read(type, text.getBytes(StandardCharsets.UTF_8), 3);
  }

  private static String data(String members) {
    List<EventRecord> events = read(ONE, START + members + "}");
    return new String(events.getFirst().data(), StandardCharsets.UTF_8);
  }

  @Test
  void read_data_isGivenOnAsItsMediaTypeSays() {
    assertThat(data(",\"data\":{\"a\":[1,2.50,1e3,true,null],\"b\":\"caf\u00e9\"}"))
        .isEqualTo("{\"a\":[1,2.50,1e3,true,null],\"b\":\"caf\u00e9\"}");
    assertThat(data(",\"data\":\"text\"")).isEqualTo("\"text\"");
    assertThat(data(",\"data\":\"a,b\",\"datacontenttype\":\"text/csv\"")).isEqualTo("a,b");
    assertThat(data(",\"data_base64\":\"YWI=\"")).isEqualTo("ab");
    assertThat(data(",\"data\":null")).isEmpty();
    assertThat(data("")).isEmpty();
    assertThat(data(",\"data\":12345678901234567890123")).isEqualTo("12345678901234567890123");
  }

  @Test
  void read_dataOfABatchWithSpaces_isCutOutExactly() {
    String event = START + " , \"data\" : %s }";
    List<String> values = List.of("[ 1 ]", "17", "\"a\\u00e9\\n\"", "true", "{ }", "-0.5e-3");
    for (String value : values) {
      String batch = "[ " + event.formatted(value) + "\n, " + event.formatted("2") + "]";
      List<EventRecord> events = read(BATCH, batch);
      assertThat(new String(events.getFirst().data(), StandardCharsets.UTF_8)).isEqualTo(value);
      assertThat(events.getLast().data()).isEqualTo(new byte[] {'2'});
    }
  }

  @Test
  void read_whatIsMalformed_isRefusedInOneLine() {
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "nonsense",
            START + "} x",
            START + ",\"a_b\":1}",
            START + ",\"id\":\"2\"}",
            START + ",\"data\":1,\"data_base64\":\"YQ==\"}",
            START + ",\"data_base64\":\"%\"}",
            START + ",\"data\":{},\"datacontenttype\":\"text/plain\"}",
            "[".repeat(5000))) {
      assertThatThrownBy(() -> read(ONE, text))
          .isInstanceOf(PayloadException.class)
          .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n"));
    }
    String event = START + "}";
    assertThat(read(BATCH, "[" + event + "," + event + "," + event + "]")).hasSize(3);
    assertThatThrownBy(() -> read(BATCH, "[" + (event + ",").repeat(3) + event + "]"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("at most 3 events");
    assertThatThrownBy(() ->
            new JsonEvents(CloudEventsConfig.DEFAULT.withMaxBytes(10))
                .read(ONE, event.getBytes(StandardCharsets.UTF_8), 1))
        .hasMessageContaining("maxBytes=10");
  }

  @Test
  @Covers({"C14", "C29"})
  void endpoint_withThisArtifact_takesEventsInStructuredModeAndBatches() throws Exception {
    List<Item<WebRequest>> items = new CopyOnWriteArrayList<>();
    var endpoint = HttpEndpoint.on(0).onlyEvents().withoutRepeats(100);
    try (var source = Source.open(endpoint, Outlet.<WebRequest>handler(items::add)).start();
        var client = HttpClient.newHttpClient()) {
      assertThat(source.awaitReady(Duration.ofSeconds(20))).isTrue();
      int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
      String event =
          START
              + ",\"time\":\"2026-11-21T12:00:00Z\",\"subject\":\"shop.orders\",\"tenant\":7"
              + ",\"data\":{\"item\":\"apples\"}}";
      assertThat(post(client, port, ONE + "; charset=utf-8", event).statusCode()).isEqualTo(204);
      Item<WebRequest> item = items.getFirst();
      assertThat(item.payload().text()).isEqualTo("{\"item\":\"apples\"}");
      assertThat(item.payload().contentType()).isEqualTo("application/json");
      assertThat(item.time()).isEqualTo(Instant.parse("2026-11-21T12:00:00Z"));
      assertThat(item.headers())
          .containsEntry("cloudevents-id", "1")
          .containsEntry("cloudevents-type", "any.type")
          .containsEntry("cloudevents-subject", "shop.orders")
          .containsEntry("tenant", "7");
      String second = event.replace("\"id\":\"1\"", "\"id\":\"2\"");
      String batch = "[" + event + "," + second + "," + second + "]";
      assertThat(post(client, port, BATCH, batch).statusCode()).isEqualTo(204);
      assertThat(items).hasSize(2); // the first was there before, the third in this batch
      HttpResponse<String> refused = post(client, port, ONE, "{\"id\":1}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("attribute=\"id\"");
    }
  }

  private static HttpResponse<String> post(HttpClient client, int port, String type, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
