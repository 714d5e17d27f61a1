package dev.carillon.examples.inference;

import java.util.List;

/**
 * The ten digits in one typeface: each drawn white on black, large and upright, in a square.
 *
 * @param name its name
 * @param digits ten squares of {@value #SIZE} × {@value #SIZE}, row by row, 0 to 1
 */
record Typeface(String name, List<float[]> digits) {
  /** Side of a square. */
  static final int SIZE = 64;

  /** Height of a digit in it; what is left over is black, so that a digit can be turned. */
  static final int HEIGHT = 44;
}
