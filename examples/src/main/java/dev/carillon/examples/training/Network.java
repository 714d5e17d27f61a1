package dev.carillon.examples.training;

import dev.carillon.examples.training.Moons.Point;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

/**
 * A network with one hidden layer that tells the moons apart. It is not changed once it is made.
 */
final class Network {
  private static final int HIDDEN = 24;
  private static final int ROW = 4; // a hidden unit's weights: of x, of y, its bias, in the output
  private static final double RATE = 1.0;

  private final double[] weights; // a row for each hidden unit, then the output's bias

  private Network(double[] weights) {
    this.weights = weights;
  }

  /**
   * What a step gives.
   *
   * @param network the better network
   * @param loss the mean cross-entropy of the one before
   */
  record Step(Network network, double loss) {}

  /** {@return a network that has learned nothing} */
  static Network random(long seed) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return new Network(random.doubles(HIDDEN * ROW + 1, -1, 1).toArray());
  }

  /** {@return the network after one step down the gradient} */
  Step step(List<Point> batch) {
    var gradient = new double[weights.length];
    var active = new double[HIDDEN];
    double loss = 0;
    for (Point point : batch) {
      double guess = guess(point, active);
      loss -= Math.log(Math.max(1e-12, point.moon() == 1 ? guess : 1 - guess));
      double error = (guess - point.moon()) / batch.size();
      for (int h = 0; h < HIDDEN; h++) {
        int row = h * ROW;
        double back = error * weights[row + 3] * (1 - active[h] * active[h]);
        gradient[row] += back * point.x();
        gradient[row + 1] += back * point.y();
        gradient[row + 2] += back;
        gradient[row + 3] += error * active[h];
      }
      gradient[HIDDEN * ROW] += error;
    }
    double[] next = weights.clone();
    for (int i = 0; i < next.length; i++) {
      next[i] -= RATE * gradient[i];
    }
    return new Step(new Network(next), loss / batch.size());
  }

  /** {@return the share of the points that it puts into the right moon} */
  double accuracy(List<Point> batch) {
    var active = new double[HIDDEN];
    int right = 0;
    for (Point point : batch) {
      boolean upper = guess(point, active) > 0.5;
      right += upper == (point.moon() == 1) ? 1 : 0;
    }
    return (double) right / batch.size();
  }

  /** {@return how likely a point is in the upper moon} */
  private double guess(Point point, double[] active) {
    double sum = weights[HIDDEN * ROW];
    for (int h = 0; h < HIDDEN; h++) {
      int row = h * ROW;
      active[h] =
          Math.tanh(weights[row] * point.x() + weights[row + 1] * point.y() + weights[row + 2]);
      sum += weights[row + 3] * active[h];
    }
    return 1 / (1 + Math.exp(-sum));
  }

  /** Writes it to a file, which has the old or the new content at any time. */
  void save(Path file) throws IOException {
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try (var out = new DataOutputStream(Files.newOutputStream(written))) {
      for (double weight : weights) {
        out.writeDouble(weight);
      }
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static Network load(Path file) throws IOException {
    var weights = new double[HIDDEN * ROW + 1];
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] = in.readDouble();
      }
    }
    return new Network(weights);
  }
}
