package dev.carillon.examples.etl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** The orders that were loaded: a file for each day. */
final class Warehouse {
  private final Path directory;

  Warehouse(Path directory) {
    this.directory = directory;
  }

  /**
   * What was loaded.
   *
   * @param file where it is
   * @param orders how many there are
   * @param usd what they are worth
   */
  record Loaded(Path file, int orders, BigDecimal usd) {}

  /** Writes the orders of a day. */
  Loaded load(LocalDate day, List<Order> orders, Rates rates) throws IOException {
    Path file = directory.resolve(day + ".csv");
    BigDecimal usd = BigDecimal.ZERO;
    var text = new StringBuilder();
    for (Order order : orders) {
      BigDecimal worth = order.worth(rates);
      text.append("%s,%d,%s\n".formatted(order.article(), order.pieces(), worth));
      usd = usd.add(worth);
    }
    Files.writeString(file, text);
    return new Loaded(file, orders.size(), usd.setScale(2, RoundingMode.HALF_EVEN));
  }

  /** Takes a day out again. */
  void unload(Loaded loaded) {
    try {
      Files.deleteIfExists(loaded.file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the days that were loaded} */
  List<String> days() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString().replace(".csv", "")).sorted().toList();
    }
  }
}
