package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests by HTTP, their ways to handlers and topics, and their answers. */
class HttpEndpointTest {
  private static final Duration LONG = HttpFixture.LONG;

  @Test
  @Covers({"C14", "C29", "C40"})
  void post_handled_answers204AndSaysWhatItCameBy() throws Exception {
    var endpoint = HttpEndpoint.on(0).path("/hooks").keepingHeaders("X-GitHub-Event");
    try (var http = HttpFixture.open(endpoint)) {
      var response =
          http.send(
              http.to("/hooks/push?ref=a%20b")
                  .header("Content-Type", "text/plain; charset=iso-8859-1")
                  .header("X-GitHub-Event", "push")
                  .header("traceparent", "00-1-2-01")
                  .POST(BodyPublishers.ofString("caf\u00e9", StandardCharsets.ISO_8859_1)));
      assertThat(response.statusCode()).isEqualTo(204);
      Item<WebRequest> item = http.items.getFirst();
      WebRequest request = item.payload();
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.path()).isEqualTo("/hooks/push");
      assertThat(request.parameter("ref")).contains("a b");
      assertThat(request.parameter("other")).isEmpty();
      assertThat(request.header("x-github-event")).contains("push");
      assertThat(request.text()).isEqualTo("caf\u00e9");
      assertThat(request.body()).hasSize(4).isNotSameAs(request.body());
      assertThat(request.event()).isEmpty();
      assertThat(item.allHeaders())
          .containsEntry("source-kind", "http")
          .containsEntry("source-resource", "http://127.0.0.1:" + http.port() + "/hooks/push")
          .containsEntry("source-system", "127.0.0.1")
          .containsEntry("http-method", "POST")
          .containsEntry("http-id", request.id())
          .containsEntry("x-github-event", "push")
          .containsEntry("traceparent", "00-1-2-01")
          .containsKey("source-time");
    }
  }

  @Test
  @Covers({"C14"})
  void post_toABus_isAMessageThatIsAnsweredWhenItsDeliveryIsOver() throws Exception {
    Topic<WebRequest> hooks = Topic.of("shop.hooks", WebRequest.class);
    List<Message<WebRequest>> heard = new CopyOnWriteArrayList<>();
    try (var bus = Bus.open()) {
      bus.subscribe(hooks, heard::add);
      try (var source = Source.open(HttpEndpoint.on(0), Outlet.to(bus, hooks)).start()) {
        assertThat(source.awaitReady(LONG)).isTrue();
        int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
        HttpResponse<String> response = Posting.post("http://localhost:" + port + "/a", "hello");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(heard).hasSize(1);
        assertThat(heard.getFirst().payload().text()).isEqualTo("hello");
        assertThat(heard.getFirst().headers()).containsEntry("http-method", "POST");
      }
    }
  }

  @Test
  void post_whoseHandlerFails_answers500() throws Exception {
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0),
            _ -> {
              throw new IllegalStateException("of the user");
            })) {
      var response = http.post("/", "x");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("of the user");
      assertThat(http.source.stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void post_whoseDirectHandlerThrowsAnError_answers500_andTheSourceFails() throws Exception {
    Outlet<WebRequest> outlet =
        Outlet.direct(_ -> {
          throw new AssertionError("of the user");
        });
    try (var source = Source.open(HttpEndpoint.on(0), outlet).start()) {
      assertThat(source.awaitReady(LONG)).isTrue();
      int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
      assertThat(Posting.post("http://localhost:" + port + "/", "x").statusCode()).isEqualTo(500);
      await().until(() -> source.state() == SourceState.FAILED);
      assertThat(source.failure()).get().isInstanceOf(AssertionError.class);
      assertThat(source.stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void stop_whileAnotherSendsSlowly_doesNotWaitForIt() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0), _ -> {}, c -> c.withGrace(LONG));
        var slow = http.connect()) {
      HttpFixture.write(slow, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(http.post("/", "x").statusCode()).isEqualTo(204);
      long start = System.nanoTime();
      http.source.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      assertThat(HttpFixture.readAll(slow)).isEmpty();
    }
  }

  @Test
  void post_accepted_answers202BeforeItIsHandled() throws Exception {
    var go = new CountDownLatch(1);
    try (var http =
        HttpFixture.open(HttpEndpoint.on(0).replying(WebReply.ACCEPTED), _ -> go.await())) {
      assertThat(http.post("/", "x").statusCode()).isEqualTo(202);
      assertThat(http.source.stats().settled()).isZero();
      go.countDown();
      await().until(() -> http.source.stats().settled() == 1);
    }
  }

  @Test
  void post_answeredLaterByAnotherThread_getsThatAnswerOnce() throws Exception {
    var later = new CompletableFuture<WebRequest>();
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0).replying(WebReply.ANSWERED),
            item -> later.complete(item.payload()))) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<HttpResponse<String>> response = threads.submit(() -> http.post("/infer", "2+2"));
        WebRequest request = later.get();
        await().until(() -> http.source.stats().settled() == 1);
        assertThat(response.isDone()).isFalse();
        assertThat(request.answer(WebAnswer.json("4").withHeader("X-Model", "m"))).isTrue();
        assertThat(request.answer(WebAnswer.of(204))).isFalse();
        assertThat(response.get().statusCode()).isEqualTo(200);
        assertThat(response.get().body()).isEqualTo("4");
        assertThat(response.get().headers().firstValue("X-Model")).contains("m");
        assertThat(response.get().headers().firstValue("Content-Type"))
            .contains("application/json");
      }
    }
  }

  @Test
  void post_neverAnswered_answers504AndCountsIt() throws Exception {
    var endpoint =
        HttpEndpoint.on(0)
            .replying(WebReply.ANSWERED)
            .limits(l -> l.withReplyWithin(Duration.ofMillis(100)));
    try (var http = HttpFixture.open(endpoint)) {
      assertThat(http.post("/", "x").statusCode()).isEqualTo(504);
      await().until(() -> http.refused("reply-time") == 1); // the sender is answered before
      assertThat(http.items.getFirst().payload().answer(WebAnswer.of(204))).isFalse();
    }
  }

  @Test
  @Covers({"C14"})
  void as_aReader_givesPayloadsOrRefusesBy400() throws Exception {
    SourceKind<Integer> numbers =
        HttpEndpoint.on(0).as(request -> Integer.parseInt(request.text()));
    try (var http = HttpFixture.open(numbers)) {
      assertThat(http.post("/", "42").statusCode()).isEqualTo(204);
      assertThat(http.post("/", "many").statusCode()).isEqualTo(400);
      assertThat(http.items).extracting(Item::payload).containsExactly(42);
      assertThat(http.refused("unreadable")).isEqualTo(1);
    }
  }

  @Test
  void post_withoutRoom_answers503AndIsCounted() throws Exception {
    var go = new CountDownLatch(1);
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0).replying(WebReply.ACCEPTED),
            _ -> go.await(),
            c -> c.withWindow(2).withGrace(Duration.ofSeconds(2)))) {
      assertThat(http.post("/", "1").statusCode()).isEqualTo(202);
      assertThat(http.post("/", "2").statusCode()).isEqualTo(202);
      var refused = http.post("/", "3");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(http.refused("no-room")).isEqualTo(1);
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      assertThat(http.post("/", "4").statusCode()).isEqualTo(202);
    }
  }

  @Test
  void stop_whileARequestIsHandled_answersItAndRefusesNewOnes() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0),
            _ -> {
              entered.countDown();
              go.await();
            },
            c -> c.withGrace(LONG))) {
      int port = http.port();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var first = threads.submit(() -> http.post("/", "first"));
        entered.await();
        var stopping = threads.submit(http.source::stop);
        String url = "http://localhost:" + port + "/";
        await().until(() -> Posting.post(url, "second").statusCode() == 503);
        assertThat(stopping.isDone()).isFalse();
        go.countDown();
        assertThat(first.get().statusCode()).isEqualTo(204);
        stopping.get();
      }
      assertThat(http.source.state()).isEqualTo(SourceState.STOPPED);
      try (var free = new ServerSocket(port)) {
        assertThat(free.isBound()).isTrue();
      }
    }
  }

  @Test
  void stop_pastTheGrace_answers503() throws Exception {
    var entered = new CountDownLatch(1);
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0).replying(WebReply.ANSWERED),
            _ -> entered.countDown(),
            c -> c.withGrace(Duration.ofMillis(50)))) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var response = threads.submit(() -> http.post("/", "never answered"));
        entered.await();
        http.source.stop();
        assertThat(response.get().statusCode()).isEqualTo(503);
      }
    }
  }

  @Test
  @Covers({"C14"})
  void start_whileThePortIsTaken_connectsWhenItIsFree() throws Exception {
    var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
    int port = taken.getLocalPort();
    String url = "http://localhost:" + port + "/";
    try (var source =
        Source.open(HttpEndpoint.on(port), Outlet.<WebRequest>direct(_ -> {})).start()) {
      await().until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow()).hasMessageContaining("cannot listen at");
      taken.close();
      assertThat(source.awaitReady(LONG)).isTrue();
      assertThat(Posting.post(url, "x").statusCode()).isEqualTo(204);
      source.stop();
      source.start();
      assertThat(source.awaitReady(LONG)).isTrue();
      assertThat(Posting.post(url, "x").statusCode()).isEqualTo(204);
    } finally {
      taken.close();
    }
  }

  @Test
  void post_toOtherPathsMethodsAndTypes_isRefused() throws Exception {
    var endpoint =
        HttpEndpoint.on(0)
            .path("/hooks", "POST", "PUT")
            .path("/hooks/only-get", "GET")
            .accepting("application/json", "text/*");
    try (var http = HttpFixture.open(endpoint)) {
      assertThat(http.post("/other", "x").statusCode()).isEqualTo(404);
      assertThat(http.post("/hooksy", "x").statusCode()).isEqualTo(404);
      var refused = http.send(http.to("/hooks").DELETE());
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow")).contains("POST, PUT");
      assertThat(http.post("/hooks/only-get", "x").statusCode()).isEqualTo(405);
      assertThat(http.post("/hooks", "x").statusCode()).isEqualTo(415);
      for (String type : List.of("Application/JSON; charset=utf-8", "text/csv")) {
        var taken =
            http.send(
                http.to("/hooks/a")
                    .header("Content-Type", type)
                    .PUT(BodyPublishers.ofString("{}")));
        assertThat(taken.statusCode()).isEqualTo(204);
      }
      assertThat(http.source.stats().refused())
          .isEqualTo(Map.of("path", 2L, "method", 2L, "content-type", 1L));
      assertThat(http.source.explain()).contains("refused by path: 2");
    }
  }

  @Test
  void settings_outOfRange_nameTheRuleAndTheValue() {
    assertThatThrownBy(() -> HttpEndpoint.on(65_536)).hasMessageContaining("port=65536");
    var endpoint = HttpEndpoint.on(0);
    assertThatThrownBy(() -> endpoint.path("hooks")).hasMessageContaining("path=\"hooks\"");
    assertThatThrownBy(() -> endpoint.path("/a", "get")).hasMessageContaining("method=\"get\"");
    assertThatThrownBy(() -> endpoint.accepting("json")).hasMessageContaining("type=\"json\"");
    assertThatThrownBy(() -> endpoint.at(InetSocketAddress.createUnresolved("nowhere", 1)))
        .hasMessageContaining("resolved");
    assertThatThrownBy(endpoint::needingClientCertificate)
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> endpoint.withoutRepeats(0)).hasMessageContaining("most=0");
    assertThatThrownBy(() -> endpoint.limits(l -> l.withBodies(-1, 1)))
        .hasMessageContaining("maxBody=-1");
    assertThatThrownBy(() -> endpoint.limits(l -> l.withReplyWithin(Duration.ZERO)))
        .hasMessageContaining("replyWithin=PT0S");
    assertThatThrownBy(() -> WebAnswer.of(99)).hasMessageContaining("status=99");
    assertThatThrownBy(() -> WebAnswer.of(200).withHeader("Content-Length", "1"))
        .hasMessageContaining("Content-Length");
    assertThatThrownBy(() -> WebAnswer.of(200).withHeader("X", "a\r\nb: c"))
        .hasMessageContaining("name=X");
    assertThatThrownBy(() -> WebAnswer.text(204, "x")).hasMessageContaining("status=204");
  }
}
