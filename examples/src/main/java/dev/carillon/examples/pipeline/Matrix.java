package dev.carillon.examples.pipeline;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Square matrices of floats, row by row. */
final class Matrix {
  private Matrix() {}

  /** Fills a matrix with numbers from -1 to 1. */
  static void fill(float[] matrix, SplittableRandom random) {
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = (float) random.nextDouble(-1, 1);
    }
  }

  /** Sets {@code product} to {@code a b}: the plain way, with rows of b in the inner loop. */
  static void multiply(float[] a, float[] b, float[] product, int n) {
    for (int row = 0; row < n; row++) {
      int first = row * n;
      for (int column = 0; column < n; column++) {
        product[first + column] = 0;
      }
      for (int k = 0; k < n; k++) {
        float factor = a[first + k];
        for (int column = 0; column < n; column++) {
          product[first + column] += factor * b[k * n + column];
        }
      }
    }
  }

  /**
   * {@return how far a product is from the true one, at most, as a part of the tolerance}
   *
   * <p>An element is a sum of n products of numbers up to 1. Rounding each product and each sum to
   * 24 bits errs by at most {@code 2 n² u} with {@code u = 2⁻²⁴}, in whichever order they are added
   * (Higham, Accuracy and Stability of Numerical Algorithms, §3.1: the error of a sum of n terms is
   * at most (n - 1) u times the sum of their sizes). The true product is computed in doubles.
   */
  static double error(float[] a, float[] b, float[] product, int n) {
    double worst = 0;
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      Arrays.fill(row, 0);
      for (int k = 0; k < n; k++) {
        double factor = a[i * n + k];
        for (int j = 0; j < n; j++) {
          row[j] += factor * b[k * n + j];
        }
      }
      for (int j = 0; j < n; j++) {
        double off = Math.abs(product[i * n + j] - row[j]);
        worst = Math.max(worst, Double.isNaN(off) ? Double.MAX_VALUE : off);
      }
    }
    return worst / tolerance(n);
  }

  static double tolerance(int n) {
    return 2.0 * n * n * Math.scalb(1.0, -24);
  }
}
