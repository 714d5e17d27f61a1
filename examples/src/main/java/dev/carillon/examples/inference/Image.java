package dev.carillon.examples.inference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/** A grey image of {@value #SIZE} × {@value #SIZE} pixels, 0 for black to 1 for white. */
final class Image {
  /** Pixels of a row, and rows. */
  static final int SIZE = 28;

  /** Pixels in all. */
  static final int PIXELS = SIZE * SIZE;

  private static final byte[] PGM = ("P5\n" + SIZE + " " + SIZE + "\n255\n").getBytes(US_ASCII);

  private final float[] pixels;

  private Image(float[] pixels) {
    this.pixels = pixels;
  }

  /** {@return an image of these pixels, row by row; the array is kept} */
  static Image of(float[] pixels) {
    if (pixels.length != PIXELS) {
      throw new IllegalArgumentException(
          "an image must have %d pixels: pixels=%d".formatted(PIXELS, pixels.length));
    }
    return new Image(pixels);
  }

  /**
   * {@return the image that a request's body has}
   *
   * @param body {@value #PIXELS} bytes, row by row, 0 for black to 255 for white; or such a binary
   *     PGM
   * @throws IllegalArgumentException if it is neither
   */
  static Image parse(byte[] body) {
    if (body.length == PIXELS) {
      return ofBytes(body, 0);
    }
    int header = body.length - PIXELS;
    if (header > 0 && isPgm(new String(body, 0, Math.min(header, 64), US_ASCII))) {
      return ofBytes(body, header);
    }
    throw new IllegalArgumentException(
        "a body must be %d grey bytes, or a binary PGM of %d x %d pixels, 255 for white: bytes=%d"
            .formatted(PIXELS, SIZE, SIZE, body.length));
  }

  /* Blanks may be any white space; comments, which no program writes there any more, are not read. */
  private static boolean isPgm(String header) {
    return header.matches("P5\\s+%d\\s+%d\\s+255\\s".formatted(SIZE, SIZE));
  }

  private static Image ofBytes(byte[] bytes, int offset) {
    var pixels = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = Byte.toUnsignedInt(bytes[offset + i]) / 255f;
    }
    return new Image(pixels);
  }

  /** {@return the pixels, row by row: not to be changed} */
  float[] pixels() {
    return pixels;
  }

  /** {@return the image as a binary PGM, which most programs for images can read} */
  byte[] toPgm() {
    byte[] all = Arrays.copyOf(PGM, PGM.length + PIXELS);
    for (int i = 0; i < PIXELS; i++) {
      all[PGM.length + i] = (byte) Math.round(pixels[i] * 255);
    }
    return all;
  }
}
