package dev.carillon.examples.functions;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.function.Bound;
import dev.carillon.function.FunctionCodec;
import dev.carillon.function.Functions;
import dev.carillon.function.Sendable;
import dev.carillon.spi.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** What both processes know: the functions, the types of their arguments, and how these travel. */
@Sendable
final class Reports {

  /**
   * A sale.
   *
   * @param article what was sold
   * @param region where
   * @param pieces how many
   * @param cents for how much
   */
  record Sale(String article, String region, int pieces, long cents) {}

  /**
   * A report of sales.
   *
   * @param title what it is called
   * @param sales how many there are
   * @param centsByRegion what they came to
   */
  record Report(String title, int sales, Map<String, Long> centsByRegion) {}

  static final Codec CODEC =
      BinaryCodec.of(c -> c.register("sale", Sale.class).register("report", Report.class));

  private static final List<String> ARTICLES = List.of("oak table", "ash chair", "pine shelf");
  private static final List<String> REGIONS = List.of("north", "south", "east", "west");

  private Reports() {}

  /** {@return what both processes open} */
  static FunctionCodec open() {
    Functions functions = Functions.open("reports");
    functions.register(Bound.of(Reports::make).named("report"));
    return FunctionCodec.open(functions, CODEC, c -> c.allow(Reports.class));
  }

  /** {@return the report of some sales} */
  static Report make(String title, List<Sale> sales) {
    var cents = new TreeMap<String, Long>();
    for (Sale sale : sales) {
      cents.merge(sale.region, sale.cents, Long::sum);
    }
    return new Report(title, sales.size(), cents);
  }

  /** {@return how many pieces of an article were sold: a lambda that captures both} */
  static Bound<Integer> pieces(String article, List<Sale> sales) {
    return Bound.of(
        () -> sales.stream().filter(s -> s.article.equals(article)).mapToInt(Sale::pieces).sum());
  }

  /** {@return sales, the same ones each time} */
  static List<Sale> sales(int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(6);
    var sales = new ArrayList<Sale>();
    for (int i = 0; i < count; i++) {
      int pieces = random.nextInt(1, 20);
      String article = ARTICLES.get(random.nextInt(ARTICLES.size()));
      String region = REGIONS.get(random.nextInt(REGIONS.size()));
      sales.add(new Sale(article, region, pieces, pieces * random.nextLong(900, 20_000)));
    }
    return sales;
  }
}
