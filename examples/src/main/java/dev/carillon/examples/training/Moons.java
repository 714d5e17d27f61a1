package dev.carillon.examples.training;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** Points in two half moons that lie in each other, the same ones each time for one seed. */
final class Moons {
  private static final double NOISE = 0.15;

  private final long seed;

  Moons(long seed) {
    this.seed = seed;
  }

  /**
   * A point.
   *
   * @param x to the right
   * @param y upwards
   * @param moon 1 or 0, which moon it is in
   */
  record Point(double x, double y, int moon) {}

  /** {@return the points of that number} */
  List<Point> batch(long number, int size) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + number);
    return Stream.generate(() -> point(random)).limit(size).toList();
  }

  private static Point point(RandomGenerator random) {
    double angle = random.nextDouble(Math.PI);
    boolean upper = random.nextBoolean();
    double x = upper ? Math.cos(angle) : 1 - Math.cos(angle);
    double y = upper ? Math.sin(angle) : 0.5 - Math.sin(angle);
    return new Point(
        x + NOISE * random.nextGaussian(), y + NOISE * random.nextGaussian(), upper ? 1 : 0);
  }
}
