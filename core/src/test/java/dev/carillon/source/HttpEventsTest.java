package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.spi.EventFormat;
import dev.carillon.spi.EventRecord;
import dev.carillon.spi.PayloadException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** CloudEvents by HTTP, in binary mode and as a whole, and repeats of them. */
class HttpEventsTest {

  /** Events as lines `id=data`. */
  static final EventFormat LINES =
      new EventFormat() {
        @Override
        public boolean reads(String mediaType) {
          return mediaType.equals("application/cloudevents-batch+lines");
        }

        @Override
        public List<EventRecord> read(String mediaType, byte[] document, int most) {
          String text = new String(document, StandardCharsets.UTF_8);
          if (!text.contains("=")) {
            throw new PayloadException("a line must be id=data", null);
          }
          return Arrays.stream(text.split("\n"))
              .map(line -> line.split("=", 2))
              .map(pair ->
                  new EventRecord(
                      Map.of(
                          "specversion", "1.0",
                          "id", pair[0],
                          "source", "/lines",
                          "type", "line",
                          "datacontenttype", "text/plain"),
                      pair[1].getBytes(StandardCharsets.UTF_8)))
              .toList();
        }
      };

  private static HttpResponse<String> post(HttpFixture<?> http, String body, String... headers)
      throws Exception {
    return http.send(http.to("/").POST(BodyPublishers.ofString(body)).headers(headers));
  }

  private static HttpResponse<String> event(HttpFixture<?> http, String id, String... more)
      throws Exception {
    var request =
        http.to("/")
            .POST(BodyPublishers.ofString("{}"))
            .headers(
                "ce-specversion", "1.0", "ce-id", id, "ce-source", "/shop", "ce-type", "order");
    if (more.length > 0) {
      request.headers(more);
    }
    return http.send(request);
  }

  @Test
  @Covers({"C14", "C29"})
  void binaryMode_attributesBecomeHeadersAndTheTimeIsKept() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0).onlyEvents())) {
      var response =
          event(
              http,
              "7",
              "CE-Time",
              "2026-11-21T12:00:00.5+01:00",
              "ce-subject",
              "caf%C3%A9%20%22x%22",
              "ce-tenant",
              "\"in quotes\"",
              "ce-sequence",
              "12",
              "Content-Type",
              "application/json");
      assertThat(response.statusCode()).isEqualTo(204);
      Item<WebRequest> item = http.items.getFirst();
      assertThat(item.time()).isEqualTo(Instant.parse("2026-11-21T11:00:00.5Z"));
      assertThat(item.headers())
          .containsEntry("cloudevents-id", "7")
          .containsEntry("cloudevents-source", "/shop")
          .containsEntry("cloudevents-type", "order")
          .containsEntry("cloudevents-time", "2026-11-21T12:00:00.5+01:00")
          .containsEntry("cloudevents-subject", "caf\u00e9 \"x\"")
          .containsEntry("cloudevents-datacontenttype", "application/json")
          .containsEntry("cloudevents-sequence", "12")
          .containsEntry("tenant", "in quotes")
          .doesNotContainKey("specversion");
      assertThat(item.payload().event()).containsEntry("type", "order");
      assertThat(item.payload().text()).isEqualTo("{}");
    }
  }

  @Test
  @Covers({"C29"})
  void binaryMode_toABus_keepsTheCorrelation() throws Exception {
    Topic<String> orders = Topic.of("shop.orders", String.class);
    List<Message<String>> heard = new CopyOnWriteArrayList<>();
    SourceKind<String> kind = HttpEndpoint.on(0).as(WebRequest::text);
    try (var bus = Bus.open()) {
      bus.subscribe(orders, heard::add);
      try (var source = Source.open(kind, Outlet.to(bus, orders)).start()) {
        source.awaitReady(HttpFixture.LONG);
        int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
        String url = "http://localhost:" + port + "/";
        var request =
            java.net.http.HttpRequest.newBuilder(java.net.URI.create(url))
                .POST(BodyPublishers.ofString("apples"))
                .headers(
                    "ce-specversion",
                    "1.0",
                    "ce-id",
                    "1",
                    "ce-source",
                    "s",
                    "ce-type",
                    "t",
                    "ce-correlationid",
                    "c-1")
                .build();
        try (var client = java.net.http.HttpClient.newHttpClient()) {
          client.send(request, HttpResponse.BodyHandlers.discarding());
        }
        assertThat(heard.getFirst().payload()).isEqualTo("apples");
        assertThat(heard.getFirst().correlationId()).isEqualTo("c-1");
        assertThat(heard.getFirst().headers())
            .containsEntry("cloudevents-source", "s")
            .doesNotContainKey("correlationid");
      }
    }
  }

  @Test
  @Covers({"C38"})
  void binaryMode_malformed_isRefusedBy400() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      assertThat(event(http, "1", "ce-specversion", "1.0").statusCode()).isEqualTo(400); // twice
      assertThat(event(http, "1", "ce-time", "yesterday").body()).contains("RFC 3339");
      assertThat(event(http, "1", "ce-Foo_Bar", "x").body()).contains("\"foo_bar\"");
      assertThat(event(http, "1", "ce-x", "%ff").body()).contains("UTF-8");
      assertThat(event(http, "1", "ce-x", "a%0Ab").body()).contains("control");
      assertThat(event(http, "1", "ce-dataschema", "a b").body()).contains("dataschema");
      assertThat(post(http, "x", "ce-specversion", "1.0", "ce-id", "1", "ce-type", "t").body())
          .contains("\"source\"");
      assertThat(
              post(
                      http,
                      "x",
                      "ce-specversion",
                      "0.3",
                      "ce-id",
                      "1",
                      "ce-source",
                      "s",
                      "ce-type",
                      "t")
                  .body())
          .contains("specversion must be 1.0");
      assertThat(http.refused("bad-event")).isEqualTo(8);
      assertThat(http.items).isEmpty();
      assertThat(event(http, "1").statusCode()).isEqualTo(204);
    }
  }

  @Test
  void structuredMode_withoutAFormat_isRefusedBy415WhichSaysWhatIsMissing() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      var refused = post(http, "{}", "Content-Type", "application/cloudevents+json");
      assertThat(refused.statusCode()).isEqualTo(415);
      assertThat(refused.body()).contains("carillon-codec");
    }
    try (var http = HttpFixture.open(HttpEndpoint.on(0).onlyEvents())) {
      assertThat(http.post("/", "x").statusCode()).isEqualTo(415);
    }
  }

  /** The media type says which mode it is; attributes as headers may come with either. */
  @Test
  @Covers({"C14"})
  void structuredMode_withHeadersOfTheBinaryMode_isReadAsTheDocument() throws Exception {
    String type = "Application/CloudEvents-batch+lines; charset=utf-8";
    try (var http = HttpFixture.open(HttpEndpoint.on(0).withFormats(LINES))) {
      assertThat(event(http, "of the header", "Content-Type", type).statusCode()).isEqualTo(400);
      var request =
          http.to("/")
              .POST(BodyPublishers.ofString("1=a\n2=b"))
              .headers("ce-specversion", "1.0", "ce-id", "x", "Content-Type", type);
      assertThat(http.send(request).statusCode()).isEqualTo(204);
      assertThat(http.items)
          .extracting(item -> item.headers().get("cloudevents-id"))
          .containsExactlyInAnyOrder("1", "2");
    }
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      assertThat(event(http, "1", "Content-Type", type).statusCode()).isEqualTo(415);
      assertThat(http.items).isEmpty();
    }
  }

  @Test
  @Covers({"C14"})
  void batch_inAFormatThatIsSet_isOneItemEachAndAnsweredWhenAllAreHandled() throws Exception {
    var endpoint = HttpEndpoint.on(0).withFormats(LINES).limits(l -> l.withBatch(3));
    try (var http =
        HttpFixture.open(
            endpoint,
            item -> {
              if (item.payload().text().equals("bad")) {
                throw new IllegalStateException("bad");
              }
            },
            c -> c.withWindow(1))) {
      String type = "application/cloudevents-batch+lines; charset=utf-8";
      assertThat(post(http, "1=a\n2=b\n3=c", "Content-Type", type).statusCode()).isEqualTo(204);
      assertThat(http.items).extracting(i -> i.payload().text()).containsExactly("a", "b", "c");
      assertThat(http.items.get(1).headers()).containsEntry("cloudevents-id", "2");
      assertThat(http.items.get(1).payload().contentType()).isEqualTo("text/plain");
      await().until(() -> http.source.stats().underWay() == 0); // told a moment before
      assertThat(post(http, "1=a\n2=bad", "Content-Type", type).statusCode()).isEqualTo(500);
      await().until(() -> http.source.stats().underWay() == 0); // told a moment before
      assertThat(post(http, "1=a\n2=b\n3=c\n4=d", "Content-Type", type).statusCode())
          .isEqualTo(400);
      assertThat(post(http, "nothing", "Content-Type", type).body()).contains("id=data");
    }
  }

  @Test
  @Covers({"C38"})
  void withoutRepeats_whatWasHandled_isAnsweredAndNotTakenAgain() throws Exception {
    var failing = new AtomicBoolean(true);
    var endpoint = HttpEndpoint.on(0).withoutRepeats(2, "X-Delivery");
    try (var http =
        HttpFixture.open(
            endpoint,
            _ -> {
              if (failing.get()) {
                throw new IllegalStateException("not yet");
              }
            })) {
      assertThat(event(http, "1").statusCode()).isEqualTo(500);
      failing.set(false);
      assertThat(event(http, "1").statusCode()).as("tried again").isEqualTo(204);
      assertThat(event(http, "1").statusCode()).as("repeated").isEqualTo(204);
      assertThat(http.items).hasSize(2);
      assertThat(http.refused("repeat")).isEqualTo(1);
      assertThat(post(http, "x", "X-Delivery", "1").statusCode()).isEqualTo(204);
      assertThat(post(http, "x", "X-Delivery", "1").statusCode()).isEqualTo(204);
      assertThat(http.items).hasSize(3);
      assertThat(event(http, "2").statusCode()).isEqualTo(204);
      assertThat(event(http, "1").statusCode()).as("forgotten meanwhile").isEqualTo(204);
      assertThat(http.items).hasSize(5);
    }
  }

  @Test
  @Covers({"C38"})
  @SuppressWarnings("NullAway") // a reader that breaks the rule
  void withoutRepeats_whatItsReaderRefusedOrReadAsNull_mayComeAgain() throws Exception {
    var isReady = new AtomicBoolean();
    SourceKind<String> kind =
        HttpEndpoint.on(0)
            .withoutRepeats(10, "X-Delivery")
            .as(request -> isReady.get() ? request.text() : null);
    try (var http = HttpFixture.open(kind)) {
      assertThat(post(http, "x", "X-Delivery", "1").statusCode()).isEqualTo(400);
      assertThat(http.source.stats().refused()).containsEntry("unreadable", 1L).hasSize(1);
      isReady.set(true);
      assertThat(post(http, "x", "X-Delivery", "1").statusCode()).isEqualTo(204);
    }
  }

  @Test
  void withoutRepeats_whatIsUnderWay_isRefusedBy503() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var http =
            HttpFixture.open(
                HttpEndpoint.on(0).withoutRepeats(10),
                _ -> {
                  entered.countDown();
                  go.await();
                });
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> event(http, "1").statusCode());
      entered.await();
      assertThat(event(http, "1").statusCode()).isEqualTo(503);
      go.countDown();
      assertThat(first.get()).isEqualTo(204);
      await().until(() -> http.source.stats().settled() == 1);
      assertThat(event(http, "1").statusCode()).isEqualTo(204);
      assertThat(http.items).hasSize(1);
    }
  }

  /** Random headers never make anything but a success or a refusal. */
  @Test
  void binaryMode_randomAttributes_neverFail() throws Exception {
    var random = new java.util.Random(7);
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      for (int i = 0; i < 200; i++) {
        var value = new StringBuilder();
        for (int n = random.nextInt(12); n >= 0; n--) {
          value.append("%\"\\ aC3;=,".charAt(random.nextInt(10)));
        }
        String answer =
            http.raw(
                "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\nce-specversion: 1.0"
                    + "\r\nce-id: 1\r\nce-source: s\r\nce-type: t\r\nce-x: "
                    + value
                    + "\r\n\r\n");
        assertThat(answer).as(value.toString()).matches("(?s)HTTP/1.1 (204|400).*");
      }
      assertThat(http.refused("fault")).isZero();
    }
  }
}
