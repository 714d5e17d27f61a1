package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The endpoint as another program sees it: curl. */
class HttpCurlTest {
  private static final String PASSWORD = "not-a-secret";
  private static final String TOKEN = "a-token-of-some-length";

  @TempDir static Path directory;

  /** Keys for both sides, and the certificates as curl reads them. */
  @BeforeAll
  static void makeKeys() throws Exception {
    for (String name : List.of("server", "client")) {
      keytool(
          List.of(
              "-genkeypair",
              "-alias",
              name,
              "-keyalg",
              "EC",
              "-dname",
              "CN=" + name,
              "-ext",
              "san=dns:localhost,ip:127.0.0.1",
              "-validity",
              "2"),
          name);
      keytool(List.of("-exportcert", "-rfc", "-alias", name, "-file", file(name + ".pem")), name);
    }
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  private static void keytool(List<String> arguments, String store) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    Collections.addAll(
        command, "-storetype", "PKCS12", "-keystore", file(store + ".p12"), "-storepass", PASSWORD);
    assertThat(run(command)).doesNotContain("rror");
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** {@return what curl prints: the answer's body, and its status behind that} */
  private static String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "30", "--noproxy", "*"));
    Collections.addAll(command, "-w", "%{http_code}");
    Collections.addAll(command, arguments);
    try {
      return run(command);
    } catch (IOException e) {
      throw new IOException("this test needs curl; on Debian, as root: apt-get install curl", e);
    }
  }

  private static KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  /** {@return the server's side of TLS, which trusts the client's certificate} */
  private static SSLContext tls() throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store("server"), PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", store("client").getCertificate("client"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @Test
  @Covers({"C14", "C38"})
  void curl_posts_areTakenInOrRefused() throws Exception {
    var endpoint = HttpEndpoint.on(0).auth(WebAuth.token(Map.of("alice", TOKEN)));
    try (var http = HttpFixture.open(endpoint)) {
      String url = http.uri("/hooks").toString();
      assertThat(curl("-d", "hello", "-H", "Authorization: Bearer " + TOKEN, url)).isEqualTo("204");
      assertThat(http.items.getFirst().payload().text()).isEqualTo("hello");
      assertThat(http.items.getFirst().origin().user()).isEqualTo("alice");
      assertThat(curl("-d", "hello", url)).isEqualTo("not authenticated\n401");
      assertThat(curl("-d", "hello", "-u", "alice:" + TOKEN, url)).endsWith("401");
      assertThat(curl("-X", "DELETE", url)).endsWith("405");
    }
  }

  @Test
  @Covers({"C38"})
  void curl_withMoreThanTheLimit_learnsItBy413() throws Exception {
    Path large = directory.resolve("large");
    Files.write(large, new byte[8 << 20]);
    try (var http = HttpFixture.open(HttpEndpoint.on(0))) {
      String url = http.uri("/").toString();
      String file = "@" + large;
      assertThat(curl("--data-binary", file, url))
          .contains("at most 1048576 bytes")
          .contains("413");
      assertThat(
              curl(
                  "-H",
                  "Expect:",
                  "-H",
                  "Transfer-Encoding: chunked",
                  "-T",
                  large.toString(),
                  "-X",
                  "POST",
                  url))
          .contains("413");
      assertThat(curl("-d", "small", url)).isEqualTo("204");
      assertThat(http.refused("max-body")).isEqualTo(2);
    }
  }

  @Test
  @Covers({"C14", "C29"})
  void curl_withAnEventInBinaryMode_isAnItemWithItsAttributes() throws Exception {
    Path data = directory.resolve("order.json");
    Files.writeString(data, "{\"item\":\"apples\"}\n");
    try (var http = HttpFixture.open(HttpEndpoint.on(0).onlyEvents())) {
      assertThat(
              curl(
                  "--data-binary",
                  "@" + data,
                  "-H",
                  "Content-Type: application/json",
                  "-H",
                  "ce-specversion: 1.0",
                  "-H",
                  "ce-type: com.shop.order.v1",
                  "-H",
                  "ce-source: https://shop.example/orders",
                  "-H",
                  "ce-id: 4711",
                  "-H",
                  "ce-time: 2026-11-21T12:00:00Z",
                  http.uri("/events").toString()))
          .isEqualTo("204");
      Item<WebRequest> item = http.items.getFirst();
      assertThat(item.headers())
          .containsEntry("cloudevents-id", "4711")
          .containsEntry("cloudevents-source", "https://shop.example/orders");
      assertThat(item.payload().text()).isEqualTo("{\"item\":\"apples\"}\n");
    }
  }

  @Test
  @Covers({"C38"})
  void curl_withTls_needsTheRightCertificates() throws Exception {
    try (var http = HttpFixture.open(HttpEndpoint.on(0).tls(tls()).needingClientCertificate())) {
      String url = "https://localhost:" + http.port() + "/";
      String[] withIt = {
        "--cacert",
        file("server.pem"),
        "--cert-type",
        "P12",
        "--cert",
        file("client.p12") + ":" + PASSWORD,
        "-d",
        "x",
        url
      };
      assertThat(curl(withIt)).isEqualTo("204");
      assertThat(http.items.getFirst().origin().user()).isEqualTo("CN=client");
      assertThat(http.items.getFirst().origin().resource()).startsWith("https://127.0.0.1:");
      assertThat(curl("--cacert", file("server.pem"), "-d", "x", url)).endsWith("000");
      assertThat(curl("--cacert", file("client.pem"), "-d", "x", url)).endsWith("000");
      assertThat(curl("-d", "x", "http://localhost:" + http.port() + "/")).doesNotContain("204");
      assertThat(curl("--tls-max", "1.1", "--cacert", file("server.pem"), "-d", "x", url))
          .endsWith("000");
      assertThat(curl(withIt)).isEqualTo("204");
      assertThat(http.items).hasSize(2);
    }
  }
}
