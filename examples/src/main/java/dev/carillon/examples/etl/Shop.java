package dev.carillon.examples.etl;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A shop on this machine that tells its orders and rates of a day: {@code /orders/DAY} and {@code
 * /rates/DAY}. The first requests for each are answered by 503; how many is drawn by the seed.
 */
final class Shop implements AutoCloseable {
  private static final int MOST_FAILURES = 6;

  private final long seed;
  private final Map<String, Integer> asked = new ConcurrentHashMap<>(); // how often, by path
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  Shop(long seed) throws IOException {
    this.seed = seed;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/orders/", exchange -> answer(exchange, this::orders));
    server.createContext("/rates/", exchange -> answer(exchange, _ -> "USD 1.00\nEUR 1.17\n"));
    server.start();
  }

  /** Makes what is found at a path. */
  @FunctionalInterface
  private interface Page {
    String at(String path);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** {@return how many requests for a path fail before one succeeds} */
  int failuresOf(String path) {
    return random(path).nextInt(MOST_FAILURES);
  }

  private void answer(HttpExchange exchange, Page page) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      boolean fails = asked.merge(path, 1, Integer::sum) <= failuresOf(path);
      byte[] body = (fails ? "out of order\n" : page.at(path)).getBytes(UTF_8);
      exchange.sendResponseHeaders(fails ? 503 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** {@return lines {@code article,pieces,price,currency}, of which some are damaged} */
  private String orders(String path) {
    RandomGenerator random = random(path);
    var lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String pieces = random.nextInt(20) == 0 ? "many" : String.valueOf(random.nextInt(1, 9));
      lines.append(
          "chair-%d,%s,%d.%02d,%s\n"
              .formatted(
                  random.nextInt(10),
                  pieces,
                  random.nextInt(5, 90),
                  random.nextInt(100),
                  random.nextBoolean() ? "EUR" : "USD"));
    }
    return lines.toString();
  }

  private RandomGenerator random(String path) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + path.hashCode());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
