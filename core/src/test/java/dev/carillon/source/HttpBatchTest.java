package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Batches of events that are longer than the room which there is. */
class HttpBatchTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final UnaryOperator<SourceConfig> ONE_AT_A_TIME =
      c -> c.withWindow(1).withGrace(HttpFixture.LONG);

  private static HttpEndpoint endpoint() {
    return HttpEndpoint.on(0).withFormats(HttpEventsTest.LINES);
  }

  private static int post(int port, String batch) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
            .timeout(HttpFixture.LONG)
            .header("Content-Type", "application/cloudevents-batch+lines")
            .POST(BodyPublishers.ofString(batch));
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString()).statusCode();
    }
  }

  @Test
  @Covers({"C14", "C38"})
  void batch_thatFindsNoRoomInTime_isAnsweredBy504AndTheRestMayComeAgain() throws Exception {
    var go = new CountDownLatch(1);
    var endpoint = endpoint().withoutRepeats(10).limits(l -> l.withReplyWithin(SHORT));
    try (var http = HttpFixture.open(endpoint, _ -> go.await(), ONE_AT_A_TIME)) {
      assertThat(post(http.port(), "1=a\n2=b\n3=c")).isEqualTo(504);
      await().until(() -> http.refused("reply-time") == 1); // the sender is answered before
      assertThat(http.source.stats().refused()).hasSize(1);
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      assertThat(post(http.port(), "1=a\n2=b\n3=c")).isEqualTo(204);
      assertThat(http.items).extracting(i -> i.payload().text()).containsExactly("a", "b", "c");
      assertThat(http.refused("repeat")).isEqualTo(1);
    }
  }

  /** Knows everybody, and counts what was not taken. */
  private static final class Counting implements WebAuth {
    private final AtomicInteger notTaken = new AtomicInteger();

    @Override
    public Verdict check(WebRequest request) {
      return new User("shop");
    }

    @Override
    public void notTaken(WebRequest request) {
      notTaken.incrementAndGet();
    }
  }

  @Test
  @Covers({"C38"})
  void batch_answeredByItsHandlerBeforeTheTimeIsOver_hasThatAnswer() throws Exception {
    var go = new CountDownLatch(1);
    var auth = new Counting();
    var endpoint =
        endpoint().replying(WebReply.ANSWERED).auth(auth).limits(l -> l.withReplyWithin(SHORT));
    try (var http =
        HttpFixture.open(
            endpoint,
            item -> {
              item.payload().answer(WebAnswer.of(400));
              go.await();
            },
            ONE_AT_A_TIME)) {
      assertThat(post(http.port(), "1=a\n2=b")).isEqualTo(400);
      assertThat(http.source.stats().refused()).isEmpty();
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      assertThat(http.items).hasSize(1);
    }
    assertThat(auth.notTaken).hasValue(0);
  }

  @Test
  @Covers({"C38"})
  void batch_answeredBy504_isNotTakenOnceItsHandlersHaveEnded() throws Exception {
    var go = new CountDownLatch(1);
    var auth = new Counting();
    var endpoint = endpoint().auth(auth).limits(l -> l.withReplyWithin(SHORT));
    try (var http = HttpFixture.open(endpoint, _ -> go.await(), ONE_AT_A_TIME)) {
      assertThat(post(http.port(), "1=a\n2=b")).isEqualTo(504);
      assertThat(auth.notTaken).as("under way").hasValue(0);
      go.countDown();
      await().until(() -> auth.notTaken.get() == 1);
    }
    assertThat(auth.notTaken).hasValue(1);
  }

  @Test
  void batch_whoseDirectHandlerTakesTooLong_isNotInterruptedAndAnsweredBy504() throws Exception {
    List<String> handled = new CopyOnWriteArrayList<>();
    var late = new CountDownLatch(1);
    Outlet<WebRequest> outlet =
        Outlet.direct(item -> {
          if (item.payload().text().equals("b")) {
            late.await();
          }
          handled.add(item.payload().text());
        });
    var endpoint = endpoint().limits(l -> l.withReplyWithin(SHORT));
    try (var source = Source.open(endpoint, outlet).start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(source.awaitReady(HttpFixture.LONG)).isTrue();
      int port = ((InetSocketAddress) source.address().orElseThrow()).getPort();
      Future<Integer> answer = threads.submit(() -> post(port, "1=a\n2=b\n3=c"));
      await().until(() -> source.stats().refused().containsKey("reply-time"));
      late.countDown();
      assertThat(answer.get()).isEqualTo(504);
      assertThat(handled).containsExactly("a", "b");
      assertThat(source.stats().failed()).isZero();
    }
  }

  @Test
  @Covers({"C38"})
  void batches_thatWaitForRoomTogether_areAllHandled() throws Exception {
    int batches = 16;
    try (var http = HttpFixture.open(endpoint(), _ -> Thread.yield(), ONE_AT_A_TIME);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var unhandled = new ArrayList<Integer>();
      for (int i = 0; i < batches; i++) {
        unhandled.add(i);
      }
      while (!unhandled.isEmpty()) { // the first event of a batch does not wait, but is refused
        await().until(() -> http.source.stats().underWay() == 0);
        List<Future<Integer>> answers =
            unhandled.stream()
                .map(i ->
                    threads.submit(
                        () -> post(http.port(), "%da=a\n%db=b\n%dc=c".formatted(i, i, i))))
                .toList();
        var again = new ArrayList<Integer>();
        for (int i = 0; i < answers.size(); i++) {
          int status = answers.get(i).get();
          assertThat(status).isIn(204, 503);
          if (status == 503) {
            again.add(unhandled.get(i));
          }
        }
        assertThat(again).hasSizeLessThan(unhandled.size());
        unhandled = again;
      }
      assertThat(http.items).hasSize(3 * batches);
    }
  }

  @Test
  @Covers({"C14"})
  void stop_whileABatchWaitsForRoom_answersItBy503() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var http =
            HttpFixture.open(
                endpoint(),
                _ -> {
                  entered.countDown();
                  go.await();
                },
                ONE_AT_A_TIME);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int port = http.port();
      Future<Integer> answer = threads.submit(() -> post(port, "1=a\n2=b"));
      entered.await();
      Future<?> stopping = threads.submit(http.source::stop);
      assertThat(answer.get()).isEqualTo(503);
      go.countDown();
      stopping.get();
      assertThat(http.items).hasSize(1);
    }
  }
}
