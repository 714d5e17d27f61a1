package dev.carillon.examples.etl;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.carillon.examples.etl.Warehouse.Loaded;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.OnError;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Retry;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The cycle: orders and rates of a day are fetched, cleaned, loaded and checked. */
final class Etl {
  static final int ATTEMPTS = 5; // for orders
  static final int RATES_ATTEMPTS = 4;

  private final ShopClient shop;
  private final Warehouse warehouse;
  private final AtomicInteger ended = new AtomicInteger();

  Etl(ShopClient shop, Warehouse warehouse) {
    this.shop = shop;
    this.warehouse = warehouse;
  }

  // @start region=cycle
  Cycle<LocalDate, Loaded> define() {
    return Cycle.define(
        "etl",
        LocalDate.class,
        c -> {
          c.undoOnFailure();
          var orders =
              c.part("orders", shop::orders, c.input())
                  .on(Placement.BLOCKING)
                  .attempt(ofSeconds(5))
                  .within(ofSeconds(30))
                  .onError(OnError.retry(r -> again(r, ATTEMPTS)));
          var rates =
              c.part("rates", shop::rates, c.input())
                  .on(Placement.BLOCKING)
                  .attempt(ofSeconds(5))
                  .onError(
                      OnError.retry(r -> again(r, RATES_ATTEMPTS), OnError.fallback(Rates.LAST)));
          var clean = c.each("clean", Order::parse, orders).onError(OnError.skip());
          var loaded =
              c.part("load", warehouse::load, c.input(), clean, rates)
                  .on(Placement.BLOCKING)
                  .locks("warehouse")
                  .undoneBy(warehouse::unload);
          c.part("check", Etl::check, orders, loaded);
          c.anyway("ended", ended::incrementAndGet);
          return loaded;
        });
  }

  // @end

  private static Retry again(Retry retry, int most) {
    return retry
        .withMaxAttempts(most)
        .withBackoff(Backoff.exponential(ofMillis(20), ofMillis(500)));
  }

  /** {@return how many lines were left out} More than a few, and the day is undone. */
  private static int check(List<String> lines, Loaded loaded) {
    int damaged = lines.size() - loaded.orders();
    if (damaged * 15 > lines.size()) {
      throw new IllegalStateException(
          "at most 1 in 15 lines may be damaged: damaged=%d, lines=%d"
              .formatted(damaged, lines.size()));
    }
    return damaged;
  }

  /** {@return how many runs have ended} */
  int ended() {
    return ended.get();
  }
}
