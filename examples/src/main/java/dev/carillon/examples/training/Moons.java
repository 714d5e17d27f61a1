package dev.carillon.examples.training;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Points in two half moons that lie in each other, the same ones each time for one seed. */
final class Moons {
  private static final double NOISE = 0.15;

  private final long seed;

  Moons(long seed) {
    this.seed = seed;
  }

  /**
   * Points, each in one of the moons.
   *
   * @param x to the right
   * @param y upwards
   * @param moons 1 or 0, which moon
   */
  record Batch(double[] x, double[] y, double[] moons) {
    int size() {
      return x.length;
    }
  }

  /** {@return the points of that number} */
  Batch batch(long number, int size) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + number);
    var batch = new Batch(new double[size], new double[size], new double[size]);
    for (int i = 0; i < size; i++) {
      double angle = random.nextDouble(Math.PI);
      boolean upper = random.nextBoolean();
      batch.x[i] = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + NOISE * random.nextGaussian();
      batch.y[i] =
          (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + NOISE * random.nextGaussian();
      batch.moons[i] = upper ? 1 : 0;
    }
    return batch;
  }
}
