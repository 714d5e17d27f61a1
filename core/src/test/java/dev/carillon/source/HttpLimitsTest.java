package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Senders who send too much, too often, too slowly, or no HTTP: they are cut, others are served.
 */
class HttpLimitsTest {
  private static final String HEAD = "POST / HTTP/1.1\r\nHost: h\r\n";

  private static HttpFixture<WebRequest> strict() throws InterruptedException {
    return strict(Duration.ofSeconds(10));
  }

  private static HttpFixture<WebRequest> strict(Duration within) throws InterruptedException {
    return HttpFixture.open(
        HttpEndpoint.on(0)
            .limits(l ->
                l.withTimes(within, within, within)
                    .withBodies(1000, 4000)
                    .withHeaders(20, 2000, 100)));
  }

  private static void assertServes(HttpFixture<?> http) throws Exception {
    assertThat(http.post("/", "hello").statusCode()).isEqualTo(204);
  }

  @Test
  @Covers({"C38"})
  void body_longerThanItsLimit_isRefusedBy413WithoutBeingRead() throws Exception {
    try (var http = strict()) {
      assertThat(http.raw(HEAD + "Content-Length: 99999999999\r\n\r\nabc"))
          .startsWith("HTTP/1.1 413")
          .contains("at most 1000 bytes: bytes=99999999999");
      assertThat(
              http.raw(
                  HEAD + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + "x".repeat(2048) + "\r\n"))
          .startsWith("HTTP/1.1 413");
      assertThat(http.post("/", "x".repeat(1001)).statusCode()).isEqualTo(413);
      assertThat(http.post("/", "x".repeat(1000)).statusCode()).isEqualTo(204);
      assertThat(http.refused("max-body")).isEqualTo(3);
      assertServes(http);
    }
  }

  @Test
  @Covers({"C38"})
  void headers_tooManyOrTooLong_areRefusedBy431And414() throws Exception {
    try (var http = strict()) {
      assertThat(http.raw(HEAD + "a: b\r\n".repeat(21) + "\r\n")).startsWith("HTTP/1.1 431");
      assertThat(http.raw(HEAD + "a: " + "b".repeat(2000) + "\r\n\r\n")).startsWith("HTTP/1.1 431");
      assertThat(http.raw("POST /" + "a".repeat(100) + " HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 414");
      var many = new StringBuilder(HEAD); // the JDK's server itself gives up at some point
      for (int i = 0; i < 10_000; i++) {
        many.append("h").append(i).append(": v\r\n");
      }
      assertThat(http.raw(many.append("\r\n").toString())).isEmpty();
      assertThat(http.raw("POST /" + "a".repeat(1 << 20) + " HTTP/1.1\r\n\r\n")).isEmpty();
      assertThat(http.refused("max-headers")).isEqualTo(2);
      assertThat(http.refused("max-uri")).isEqualTo(1);
      assertServes(http);
    }
  }

  @Test
  @Covers({"C38"})
  void slowSenders_ofHeadersAndBodies_areCutAndCountedWhileOthersAreServed() throws Exception {
    try (var http = strict(Duration.ofSeconds(1))) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Socket socket = http.connect();
        HttpFixture.write(
            socket, i % 2 == 0 ? "POST / HT" : HEAD + "Content-Length: 100\r\n\r\nabc");
        slow.add(socket);
      }
      assertServes(http);
      for (Socket socket : slow) {
        assertThat(HttpFixture.readAll(socket)).isEmpty();
        socket.close();
      }
      await().until(() -> http.refused("slow-connection") == 50);
      assertServes(http);
    }
  }

  /** Each byte comes in time, but the whole does not. */
  @Test
  @Covers({"C38"})
  void dribbledBody_isCutAtItsDeadline() throws Exception {
    try (var http = strict(Duration.ofSeconds(1));
        Socket socket = http.connect()) {
      HttpFixture.write(socket, HEAD + "Content-Length: 900\r\n\r\n");
      var cut = new CountDownLatch(1);
      Thread reading =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  HttpFixture.readAll(socket);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                cut.countDown();
              });
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> {
            try {
              HttpFixture.write(socket, "x");
            } catch (IOException e) { // it has been cut
              return true;
            }
            return cut.getCount() == 0;
          });
      reading.join();
      await().until(() -> http.refused("slow-connection") == 1);
      assertThat(http.items).isEmpty();
      assertServes(http);
    }
  }

  @Test
  @Covers({"C38"})
  void answer_thatNobodyTakes_isCutAtItsDeadline() throws Exception {
    byte[] large = new byte[32 << 20];
    var endpoint =
        HttpEndpoint.on(0)
            .replying(WebReply.ANSWERED)
            .limits(l ->
                l.withTimes(
                    Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(200)));
    try (var http =
            HttpFixture.open(
                endpoint,
                item -> item.payload().answer(WebAnswer.of(200, "application/zip", large)));
        Socket socket = http.connect()) {
      HttpFixture.write(socket, HEAD + "Content-Length: 0\r\n\r\n");
      await().until(() -> http.refused("slow-connection") == 1);
      assertThat(HttpFixture.readAll(socket).length()).isLessThan(large.length);
    }
  }

  @Test
  @Covers({"C38"})
  void garbage_isSurvivedWhateverItIs() throws Exception {
    try (var http = strict(Duration.ofSeconds(1))) {
      for (String text :
          List.of(
              "\r\n\r\n\r\n",
              "garbage\r\n\r\n",
              "GET\r\n\r\n",
              "POST / HTTP/1.1\r\n: no name\r\n\r\n",
              "POST http://[::1 HTTP/1.1\r\n\r\n",
              "POST %zz HTTP/1.1\r\n\r\n",
              "CONNECT h:1 HTTP/1.1\r\n\r\n",
              "OPTIONS * HTTP/1.1\r\n\r\n",
              HEAD + "Content-Length: -1\r\n\r\n",
              HEAD + "Content-Length: abc\r\n\r\n",
              HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
              HEAD + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
              HEAD + "Transfer-Encoding: gzip\r\n\r\n",
              HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
              HEAD + "Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
              HEAD + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc\r\n",
              HEAD + "Content-Length: 3\r\n\r\nabc\u0000\u0001\u00ff pipelined garbage\r\n\r\n",
              "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")) {
        http.raw(text + "\r\n\r\n");
      }
      long seed = ThreadLocalRandom.current().nextLong();
      var random = new Random(seed);
      for (int i = 0; i < 50; i++) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        try (Socket socket = http.connect()) {
          socket.getOutputStream().write(bytes);
          socket.shutdownOutput();
          HttpFixture.readAll(socket);
        }
      }
      assertServes(http);
      assertThat(http.items.getLast().payload().text()).as("seed " + seed).isEqualTo("hello");
    }
  }

  @Test
  void pipelinedRequests_areAnsweredInTheirOrder() throws Exception {
    var endpoint = HttpEndpoint.on(0).replying(WebReply.ANSWERED);
    try (var http =
        HttpFixture.open(
            endpoint,
            item -> item.payload().answer(WebAnswer.text(200, item.payload().text() + "!")))) {
      String one = HEAD + "Content-Length: 1\r\n\r\n1";
      String two = HEAD + "Connection: close\r\nContent-Length: 1\r\n\r\n2";
      assertThat(http.raw(one + two)).containsSubsequence("1!", "2!");
    }
  }

  @Test
  @Covers({"C38"})
  void head_withABody_isRefusedBy400AndNotHandled() throws Exception {
    var endpoint = HttpEndpoint.on(0).path("/", "HEAD").limits(l -> l.withBodies(1000, 4000));
    try (var http = HttpFixture.open(endpoint)) {
      String head = "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
      assertThat(http.raw(head + "\r\n")).startsWith("HTTP/1.1 204");
      assertThat(http.raw(head + "Content-Length: 0\r\n\r\n")).startsWith("HTTP/1.1 204");
      assertThat(http.raw(head + "Content-Length: 3\r\n\r\nabc"))
          .startsWith("HTTP/1.1 400")
          .endsWith("\r\n\r\n");
      assertThat(http.raw(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
          .startsWith("HTTP/1.1 400");
      String longest = head + "Content-Length: 1000\r\n\r\n" + "x".repeat(1000);
      assertThat(http.raw(longest)).startsWith("HTTP/1.1 400");
      String longer = head + "Content-Length: 1001\r\n\r\n" + "x".repeat(1001);
      assertThat(http.raw(longer)).as("closed, as it is not read").isEmpty();
      assertThat(http.source.stats().refused()).isEqualTo(Map.of("head-body", 3L, "max-body", 1L));
      assertThat(http.items).hasSize(2);
    }
  }

  /** The JDK's server would not uncount such a connection, and serve nobody after 1,024 of them. */
  @Test
  @Covers({"C38"})
  void connections_thatBreakInTheMiddle_areGivenBack() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      for (int i = 0; i < 1100; i++) {
        try (Socket socket = http.connect()) {
          HttpFixture.write(
              socket,
              (i % 2 == 0 ? "HEAD" : "PUT") + " / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc");
          if (i % 10 == 0) {
            socket.setSoLinger(true, 0);
          }
        }
      }
      await().ignoreExceptions().until(() -> http.post("/", "hello").statusCode() == 204);
    }
  }

  @Test
  @Covers({"C38"})
  void requests_beyondTheRateOfAnAddress_areRefusedBy429() throws Exception {
    var endpoint = HttpEndpoint.on(0).limits(l -> l.withRatePerAddress(5));
    try (var http = HttpFixture.open(endpoint)) {
      int refused = 0;
      for (int i = 0; i < 50; i++) {
        var response = http.post("/", "x");
        if (response.statusCode() == 429) {
          refused++;
          assertThat(response.headers().firstValue("Retry-After")).contains("1");
        }
      }
      assertThat(refused).isPositive();
      assertThat(http.refused("rate")).isEqualTo(refused);
      assertThat(http.items).hasSize(50 - refused);
      await().until(() -> http.post("/", "x").statusCode() == 204);
    }
  }

  @Test
  @Covers({"C38"})
  void requestsAndConnections_beyondTheirNumbers_areRefused() throws Exception {
    var entered = new CountDownLatch(2);
    var go = new CountDownLatch(1);
    var endpoint =
        HttpEndpoint.on(0).replying(WebReply.HANDLED).limits(l -> l.withConcurrency(2, 4));
    try (var http =
            HttpFixture.open(
                endpoint,
                _ -> {
                  entered.countDown();
                  go.await();
                });
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(threads.submit(() -> http.post("/", "x").statusCode()));
      }
      entered.await();
      assertThat(http.post("/", "x").statusCode()).isEqualTo(503);
      assertThat(http.refused("max-requests")).isEqualTo(1);
      try (Socket third = http.connect();
          Socket fourth = http.connect();
          Socket fifth = http.connect()) {
        for (Socket socket : List.of(third, fourth, fifth)) {
          HttpFixture.write(socket, "POST");
        }
        await().until(() -> http.refused("busy-connections") >= 1);
      }
      go.countDown();
      for (Future<Integer> response : held) {
        assertThat(response.get()).isEqualTo(204);
      }
      await().ignoreExceptions().until(() -> http.post("/", "x").statusCode() == 204);
    }
  }

  /** Requests that wait to be handled hold their bodies; together they have a limit too. */
  @Test
  @Covers({"C38"})
  void bodies_underWayTogether_haveALimit() throws Exception {
    var go = new CountDownLatch(1);
    var endpoint =
        HttpEndpoint.on(0).replying(WebReply.ACCEPTED).limits(l -> l.withBodies(1000, 4000));
    try (var http = HttpFixture.open(endpoint, _ -> go.await())) {
      String large = "x".repeat(1000);
      for (int i = 0; i < 4; i++) {
        assertThat(http.post("/", large).statusCode()).isEqualTo(202);
      }
      assertThat(http.post("/", large).statusCode()).isEqualTo(503);
      assertThat(http.refused("max-bytes")).isEqualTo(1);
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      assertThat(http.post("/", large).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void rateTable_withMoreAddressesThanItCounts_boundsTheRestTogether() throws Exception {
    var table = new RateTable(10, 2, dev.carillon.time.Clock.system());
    InetAddress first = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    InetAddress second = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
    for (InetAddress known : List.of(first, second)) {
      table.charge(known, 20);
      assertThat(table.admits(known)).isFalse();
    }
    int admitted = 0;
    for (int i = 0; i < 1000; i++) {
      InetAddress one = InetAddress.getByAddress(new byte[] {11, 0, (byte) (i >> 8), (byte) i});
      admitted += table.admits(one) ? 1 : 0;
    }
    assertThat(admitted).isBetween(10, 20);
    assertThat(table.size()).isEqualTo(2);
    byte[] six = InetAddress.getByName("2001:db8::1").getAddress();
    var networks = new RateTable(10, 100, dev.carillon.time.Clock.system());
    for (int i = 0; i < 100; i++) {
      six[15] = (byte) i;
      networks.admits(InetAddress.getByAddress(six));
    }
    assertThat(networks.size()).isEqualTo(1);
  }

  @Test
  void endpoint_atItsDefault_listensOnLoopbackOnly() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      var address = (java.net.InetSocketAddress) http.source.address().orElseThrow();
      assertThat(address.getAddress().isLoopbackAddress()).isTrue();
      assertThat(System.getProperty(JdkServer.MAX_CONNECTIONS)).isNotNull();
    }
  }
}
