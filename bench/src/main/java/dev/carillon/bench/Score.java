package dev.carillon.bench;

import java.util.Arrays;

/**
 * A measured value, and the half-width of the interval that holds it with about 95 % certainty.
 *
 * @param value the median of what was measured
 * @param error the notch of a box plot: 1.57 interquartile ranges by the root of their number
 */
record Score(double value, double error) {
  private static final double NOTCH = 1.57;

  /** {@return the score of repeated measurements} */
  static Score of(double... samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    double spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    return new Score(quantile(sorted, 0.5), NOTCH * spread / Math.sqrt(sorted.length));
  }

  private static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** {@return this over a constant} */
  Score over(double divisor) {
    return new Score(value / divisor, error / divisor);
  }

  /** {@return the ratio of two independent scores, relative errors added in quadrature} */
  Score over(Score other) {
    double ratio = value / other.value;
    return new Score(ratio, ratio * Math.hypot(error / value, other.error / other.value));
  }
}
