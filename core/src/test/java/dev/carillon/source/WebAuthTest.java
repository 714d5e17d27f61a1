package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Who may send, and how that is shown. */
class WebAuthTest {
  private static final String SECRET = "0123456789abcdef-secret";
  private static final String OTHER = "another-secret-of-length";

  private static byte[] mac(String secret, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static int post(HttpFixture<?> http, String body, String... headers) throws Exception {
    var request = http.to("/").POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request).statusCode();
  }

  @Test
  @Covers({"C29", "C38"})
  void token_rightOrWrong_letsInOrRefusesBy401() throws Exception {
    var auth = WebAuth.token(Map.of("alice", SECRET, "bob", OTHER));
    assertThat(auth.toString()).doesNotContain(SECRET, OTHER);
    try (var http = HttpFixture.open(HttpEndpoint.on(0).auth(auth))) {
      assertThat(post(http, "x", "Authorization", "Bearer " + OTHER)).isEqualTo(204);
      assertThat(post(http, "x")).isEqualTo(401);
      assertThat(post(http, "x", "Authorization", "Bearer " + SECRET + "x")).isEqualTo(401);
      assertThat(post(http, "x", "Authorization", "Basic " + SECRET)).isEqualTo(401);
      assertThat(post(http, "x", "Authorization", "Bearer " + OTHER, "Authorization", "Bearer x"))
          .isEqualTo(401);
      assertThat(http.refused("unauthenticated")).isEqualTo(4);
      Item<WebRequest> item = http.items.getFirst();
      assertThat(item.allHeaders()).containsEntry("source-user", "bob");
      assertThat(item.payload().user()).contains("bob");
      assertThat(item.payload().header("Authorization")).isEmpty();
      assertThat(item.toString()).doesNotContain(OTHER);
    }
  }

  @Test
  @Covers({"C38"})
  void token_wrong_refusesBeforeTheBodyIsRead() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0).auth(WebAuth.token(Map.of("a", SECRET))))) {
      String answer;
      try (var socket = http.connect()) {
        HttpFixture.write(socket, "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
        byte[] start = socket.getInputStream().readNBytes(12);
        answer = new String(start, StandardCharsets.US_ASCII);
      }
      assertThat(answer).isEqualTo("HTTP/1.1 401");
    }
  }

  @Test
  @Covers({"C38"})
  void unknownSenders_useUpTheirRateSooner() throws Exception {
    var endpoint =
        HttpEndpoint.on(0)
            .auth(WebAuth.token(Map.of("a", SECRET)))
            .limits(l -> l.withRatePerAddress(30));
    try (var http = HttpFixture.open(endpoint)) {
      int guesses = 0;
      while (post(http, "x", "Authorization", "Bearer guess") == 401) {
        assertThat(++guesses).isLessThan(30);
      }
      assertThat(http.refused("rate")).isEqualTo(1);
    }
  }

  @Test
  @Covers({"C38"})
  void basicAndAllowing_otherUsers_refusesBy403() throws Exception {
    var auth = WebAuth.basic(Map.of("alice", SECRET, "bob", OTHER)).allowing("alice"::equals);
    try (var http = HttpFixture.open(HttpEndpoint.on(0).auth(auth))) {
      assertThat(post(http, "x", "Authorization", basic("alice", SECRET))).isEqualTo(204);
      assertThat(post(http, "x", "Authorization", basic("bob", OTHER))).isEqualTo(403);
      assertThat(post(http, "x", "Authorization", basic("alice", OTHER))).isEqualTo(401);
      assertThat(http.refused("forbidden")).isEqualTo(1);
    }
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @Covers({"C38"})
  void hmac_asGitHubMakesIt_isChecked() throws Exception {
    // The example of GitHub's own documentation.
    var example = WebAuth.hmac("github", "It's a Secret to Everybody");
    assertThat(example.toString()).doesNotContain("Everybody");
    try (var http = HttpFixture.open(HttpEndpoint.on(0).auth(example.orSecret(SECRET)))) {
      String header = "X-Hub-Signature-256";
      assertThat(
              post(
                  http,
                  "Hello, World!",
                  header,
                  "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"))
          .isEqualTo(204);
      String second = "sha256=" + HexFormat.of().formatHex(mac(SECRET, "body"));
      assertThat(post(http, "body", header, second)).isEqualTo(204);
      assertThat(post(http, "other", header, second)).isEqualTo(401);
      assertThat(post(http, "body", header, "sha256=00")).isEqualTo(401);
      assertThat(post(http, "body", header, "sha256=zz")).isEqualTo(401);
      assertThat(post(http, "body", header, "sha1=" + second.substring(7))).isEqualTo(401);
      assertThat(post(http, "body")).isEqualTo(401);
      assertThat(http.items.getFirst().origin().user()).isEqualTo("github");
    }
  }

  @Test
  @Covers({"C38"})
  void hmac_withATime_refusesOldOnesAndReplays() throws Exception {
    var auth =
        WebAuth.hmac("shop", SECRET)
            .inHeader("webhook-signature", "v1,")
            .inBase64()
            .signing("{webhook-id}.{webhook-timestamp}.{body}")
            .notOlderThan("webhook-timestamp", Duration.ofMinutes(5));
    var failing = new AtomicBoolean(true);
    try (var http =
        HttpFixture.open(
            HttpEndpoint.on(0).auth(auth),
            _ -> {
              if (failing.get()) {
                throw new IllegalStateException("not yet");
              }
            })) {
      long now = Instant.now().getEpochSecond();
      assertThat(postSigned(http, now)).isEqualTo(500);
      failing.set(false);
      assertThat(postSigned(http, now)).as("tried again after a failure").isEqualTo(204);
      assertThat(postSigned(http, now)).as("replayed").isEqualTo(401);
      assertThat(postSigned(http, now - 301)).isEqualTo(401);
      assertThat(postSigned(http, now + 310)).isEqualTo(401);
      assertThat(postSigned(http, Long.MIN_VALUE)).isEqualTo(401);
      assertThat(postSigned(http, now - 200)).isEqualTo(204);
    }
  }

  private static int postSigned(HttpFixture<?> http, long time) throws Exception {
    String signed = Base64.getEncoder().encodeToString(mac(SECRET, "m1." + time + ".{}"));
    return post(
        http,
        "{}",
        "webhook-id",
        "m1",
        "webhook-timestamp",
        Long.toString(time),
        "webhook-signature",
        "v1," + signed);
  }

  private static HttpEndpoint once(WebReply reply) {
    return HttpEndpoint.on(0).replying(reply).auth(WebAuth.hmac("shop", SECRET).once(10));
  }

  private static int postOnce(HttpFixture<?> http, String body) throws Exception {
    String signature = "sha256=" + HexFormat.of().formatHex(mac(SECRET, body));
    return post(http, body, "X-Hub-Signature-256", signature);
  }

  @Test
  @Covers({"C38"})
  void hmac_refusedByTheHandlersOwnAnswer_cannotBeReplayed() throws Exception {
    try (var http =
        HttpFixture.open(
            once(WebReply.ANSWERED), item -> item.payload().answer(WebAnswer.of(422)))) {
      assertThat(postOnce(http, "x")).isEqualTo(422);
      assertThat(postOnce(http, "x")).isEqualTo(401);
      assertThat(http.items).hasSize(1);
    }
  }

  @Test
  @Covers({"C38"})
  void hmac_answeredBy504_mayComeAgainOnlyAfterItsHandlerHasFailed() throws Exception {
    var failing = new AtomicBoolean(true);
    var go = new CountDownLatch(1);
    var endpoint = once(WebReply.HANDLED).limits(l -> l.withReplyWithin(Duration.ofMillis(500)));
    try (var http =
        HttpFixture.open(
            endpoint,
            _ -> {
              go.await();
              if (failing.get()) {
                throw new IllegalStateException("not yet");
              }
            })) {
      assertThat(postOnce(http, "x")).isEqualTo(504);
      assertThat(postOnce(http, "x")).as("under way").isEqualTo(401);
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      failing.set(false);
      assertThat(postOnce(http, "x")).as("failed").isEqualTo(204);
      assertThat(postOnce(http, "x")).as("handled").isEqualTo(401);
    }
  }

  @Test
  @Covers({"C38"})
  void hmac_withoutRoom_mayComeAgain() throws Exception {
    var go = new CountDownLatch(1);
    try (var http =
        HttpFixture.open(once(WebReply.ACCEPTED), _ -> go.await(), c -> c.withWindow(1))) {
      assertThat(postOnce(http, "first")).isEqualTo(202);
      assertThat(postOnce(http, "second")).isEqualTo(503);
      go.countDown();
      await().until(() -> http.source.stats().underWay() == 0);
      assertThat(postOnce(http, "second")).isEqualTo(202);
      assertThat(postOnce(http, "first")).isEqualTo(401);
    }
  }

  @Test
  void authOfTheUsers_mayThrow_isAnsweredBy500AndServesOn() throws Exception {
    WebAuth auth =
        request -> {
          if (request.text().equals("fail")) {
            throw new IllegalStateException("of the user");
          }
          return new WebAuth.User("someone");
        };
    try (var http = HttpFixture.open(HttpEndpoint.on(0).auth(auth))) {
      assertThat(post(http, "fail")).isEqualTo(500);
      assertThat(post(http, "good")).isEqualTo(204);
      assertThat(http.refused("fault")).isEqualTo(1);
    }
  }

  @Test
  void settings_thatAreTooWeak_areRefusedWithoutShowingSecrets() {
    assertThatThrownBy(() -> WebAuth.token(Map.of("alice", "hunter2")))
        .hasMessageContaining("at least 16 characters: user=\"alice\", length=7")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> WebAuth.basic(Map.of("a:b", SECRET))).hasMessageContaining("a:b");
    var hmac = WebAuth.hmac("a", SECRET);
    assertThatThrownBy(() -> hmac.signing("no body")).hasMessageContaining("\"no body\"");
    assertThatThrownBy(() -> hmac.signing("{body} {")).hasMessageContaining("no other brace");
    assertThatThrownBy(() -> hmac.withAlgorithm("ROT13")).hasMessageContaining("ROT13");
    assertThatThrownBy(() -> hmac.notOlderThan("t", Duration.ofMinutes(1)))
        .hasMessageContaining("must be signed");
    assertThatThrownBy(() -> hmac.once(0)).hasMessageContaining("most=0");
  }
}
