package dev.carillon.build;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A statement checked for many random cases, each made from a seed of its own.
 *
 * <p>The seeds follow from the property's name, so a build gives the same answer twice. The system
 * property {@code carillon.seed} changes that: a seed as a failure names it runs this case only;
 * {@code random} takes new seeds. {@code carillon.cases.factor} multiplies the number of cases.
 */
@FunctionalInterface
public interface Property {
  /** Fails if the property does not hold for the case that {@code gen} makes. */
  void holdsFor(Gen gen) throws Exception;

  /**
   * {@return the tests of a {@code @TestFactory} that check {@code property} for {@code cases}
   * cases}
   */
  static Stream<DynamicTest> check(String name, int cases, Property property) {
    return seeds(name, cases, System.getProperty("carillon.seed", ""))
        .mapToObj(seed ->
            DynamicTest.dynamicTest(
                name + ", seed " + Long.toHexString(seed), () -> run(name, seed, property)));
  }

  private static LongStream seeds(String name, int cases, String asked) {
    if (!asked.isEmpty() && !asked.equals("random")) {
      try {
        return LongStream.of(Long.parseUnsignedLong(asked, 16));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "carillon.seed must be 'random' or up to 16 hexadecimal digits: carillon.seed=" + asked,
            e);
      }
    }
    SplittableRandom random =
        asked.isEmpty() ? new SplittableRandom(name.hashCode()) : new SplittableRandom();
    return random.longs((long) cases * Integer.getInteger("carillon.cases.factor", 1));
  }

  private static void run(String name, long seed, Property property) {
    try {
      property.holdsFor(new Gen(seed));
    } catch (Throwable failure) {
      String hex = Long.toHexString(seed);
      throw new AssertionError(
          "'%s' does not hold for seed %s (replay: -Dcarillon.seed=%s): %s"
              .formatted(name, hex, hex, failure),
          failure);
    }
  }
}
