package dev.carillon.examples.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Generates images of digits: of some typeface, shifted, turned, slanted, scaled and noisy. */
final class Digits {
  private static final double SHIFT = 2; // pixels, each way
  private static final double TURN = Math.toRadians(10);
  private static final double SLANT = 0.15;
  private static final double LEAST_HEIGHT = 16; // pixels
  private static final double MOST_HEIGHT = 22;
  private static final float NOISE = 0.12f; // standard deviation

  private final List<Typeface> typefaces;
  private final SplittableRandom random;

  /**
   * An image, and what it shows.
   *
   * @param image what is seen
   * @param digit what it is
   */
  record Sample(Image image, int digit) {}

  /**
   * Makes a generator.
   *
   * @param typefaces what digits look like
   * @param seed the same one makes the same images
   */
  Digits(List<Typeface> typefaces, long seed) {
    this.typefaces = typefaces;
    this.random = new SplittableRandom(seed);
  }

  /** {@return so many images, of all digits about as often} */
  List<Sample> take(int count) {
    var samples = new ArrayList<Sample>(count);
    for (int i = 0; i < count; i++) {
      samples.add(next());
    }
    return samples;
  }

  /** {@return one more image} */
  Sample next() {
    int digit = random.nextInt(10);
    Typeface typeface = typefaces.get(random.nextInt(typefaces.size()));
    return new Sample(Image.of(distort(typeface.digits().get(digit))), digit);
  }

  /* Goes the other way: from each pixel of the image to the place in the typeface's square that is
   * seen there, in four samples, as the square is finer. */
  private float[] distort(float[] square) {
    double zoom = Typeface.HEIGHT / random.nextDouble(LEAST_HEIGHT, MOST_HEIGHT);
    double turn = random.nextDouble(-TURN, TURN);
    double slant = random.nextDouble(-SLANT, SLANT);
    double shiftX = random.nextDouble(-SHIFT, SHIFT);
    double shiftY = random.nextDouble(-SHIFT, SHIFT);
    double cos = Math.cos(turn) * zoom;
    double sin = Math.sin(turn) * zoom;
    var pixels = new float[Image.PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / Image.SIZE;
      double left = i % Image.SIZE - Image.SIZE / 2.0 - shiftX;
      double top = row - Image.SIZE / 2.0 - shiftY;
      float sum = 0;
      for (double x = left + 0.25; x < left + 1; x += 0.5) {
        for (double y = top + 0.25; y < top + 1; y += 0.5) {
          double slanted = x + slant * y;
          sum += at(square, cos * slanted - sin * y, sin * slanted + cos * y);
        }
      }
      float noise = NOISE * (float) random.nextGaussian();
      pixels[i] = Math.clamp(sum / 4 + noise, 0, 1);
    }
    return pixels;
  }

  private static float at(float[] square, double x, double y) {
    int column = (int) Math.floor(x + Typeface.SIZE / 2.0);
    int row = (int) Math.floor(y + Typeface.SIZE / 2.0);
    boolean isInside = column >= 0 && column < Typeface.SIZE && row >= 0 && row < Typeface.SIZE;
    return isInside ? square[row * Typeface.SIZE + column] : 0;
  }
}
