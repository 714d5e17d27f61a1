package dev.carillon.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A measured value, and the half-width of the interval that holds it with about 95 % certainty.
 *
 * @param value the median of what was measured, or the mean where what is rare counts as well
 * @param error the notch of a box plot, 1.57 interquartile ranges by the root of their number; of a
 *     mean 1.96 standard errors
 */
record Score(double value, double error) {
  private static final double NOTCH = 1.57;
  private static final double STANDARD_ERRORS = 1.96;

  /** {@return the score of repeated measurements} */
  static Score of(double... samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    double spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    return new Score(quantile(sorted, 0.5), NOTCH * spread / Math.sqrt(sorted.length));
  }

  /** {@return the mean of repeated measurements} */
  static Score mean(double... samples) {
    double mean = DoubleStream.of(samples).average().orElseThrow();
    double squares = DoubleStream.of(samples).map(s -> (s - mean) * (s - mean)).sum();
    double variance = squares / Math.max(1, samples.length - 1);
    return new Score(mean, STANDARD_ERRORS * Math.sqrt(variance / samples.length));
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

  /** {@return the difference of two independent scores} */
  Score minus(Score other) {
    return new Score(value - other.value, Math.hypot(error, other.error));
  }

  /** {@return the ratio of two independent scores, relative errors added in quadrature} */
  Score over(Score other) {
    double ratio = value / other.value;
    return new Score(ratio, Math.hypot(error, ratio * other.error) / other.value);
  }
}
