package dev.carillon.examples.etl;

import java.math.BigDecimal;

/**
 * An order.
 *
 * @param article what was ordered
 * @param pieces how many
 * @param price of one
 * @param currency of the price
 */
record Order(String article, int pieces, BigDecimal price, String currency) {

  /**
   * {@return the order that a line tells}
   *
   * @throws IllegalArgumentException if it tells none
   */
  static Order parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != 4) {
      throw new IllegalArgumentException("an order has 4 fields: line=" + line);
    }
    return new Order(fields[0], Integer.parseInt(fields[1]), new BigDecimal(fields[2]), fields[3]);
  }

  /** {@return what it is worth in dollars} */
  BigDecimal worth(Rates rates) {
    return price.multiply(BigDecimal.valueOf(pieces)).multiply(rates.of(currency));
  }
}
