package dev.carillon.examples.etl;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the shop. */
final class ShopClient implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI shop;

  ShopClient(URI shop) {
    this.shop = shop;
  }

  /** {@return a line for each order of a day} */
  List<String> orders(LocalDate day) throws IOException, InterruptedException {
    return lines("/orders/" + day);
  }

  /** {@return what the currencies were worth on a day} */
  Rates rates(LocalDate day) throws IOException, InterruptedException {
    Map<String, BigDecimal> rates = new HashMap<>();
    for (String line : lines("/rates/" + day)) {
      String[] fields = line.split(" ", -1);
      rates.put(fields[0], new BigDecimal(fields[1]));
    }
    return new Rates(rates);
  }

  private List<String> lines(String path) throws IOException, InterruptedException {
    var response =
        client.send(HttpRequest.newBuilder(shop.resolve(path)).build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("%s answered %d".formatted(path, response.statusCode()));
    }
    return response.body().lines().toList();
  }

  @Override
  public void close() {
    client.close();
  }
}
