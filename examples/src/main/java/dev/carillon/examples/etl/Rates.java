package dev.carillon.examples.etl;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What currencies are worth.
 *
 * @param usd how many dollars one of a currency is, by its name
 */
record Rates(Map<String, BigDecimal> usd) {
  /** Those of last week, for days on which there are none. */
  static final Rates LAST = new Rates(Map.of("USD", BigDecimal.ONE, "EUR", new BigDecimal("1.15")));

  Rates {
    usd = Map.copyOf(usd);
  }

  BigDecimal of(String currency) {
    BigDecimal rate = usd.get(currency);
    if (rate == null) {
      throw new IllegalArgumentException("a currency must have a rate: currency=" + currency);
    }
    return rate;
  }
}
