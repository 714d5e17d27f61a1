package dev.carillon.spi;

/**
 * Bounds of what a {@link Codec} writes and reads: immutable, changed by its methods.
 *
 * <p>All are checked before memory is taken for what is beyond them. The defaults are those of a
 * value that travels inside a message.
 *
 * @param maxBytes length of a whole value in bytes, 16 to 2,000,000,000
 * @param maxDepth how deeply values may lie in each other, 1 to 10,000; each level needs some stack
 * @param maxObjects how many objects a value may consist of, itself, its texts and boxed numbers
 *     included, at least 1
 * @param maxText length of a text in characters, at least 1
 * @param maxLength number of elements of an array or a collection, or of entries of a map, at least
 *     1
 */
public record CodecLimits(int maxBytes, int maxDepth, int maxObjects, int maxText, int maxLength) {

  /** The default limits: 1 MiB, 200 levels, 500,000 objects, and 1,048,576 of the others. */
  public static final CodecLimits DEFAULT =
      new CodecLimits(1 << 20, 200, 500_000, 1 << 20, 1 << 20);

  private static final int LEAST_BYTES = 16;
  private static final int MOST_BYTES = 2_000_000_000;
  private static final int MOST_DEPTH = 10_000;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public CodecLimits {
    check("maxBytes", maxBytes, LEAST_BYTES, MOST_BYTES);
    check("maxDepth", maxDepth, 1, MOST_DEPTH);
    check("maxObjects", maxObjects, 1, Integer.MAX_VALUE);
    check("maxText", maxText, 1, Integer.MAX_VALUE);
    check("maxLength", maxLength, 1, Integer.MAX_VALUE);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(name, least, most, name, value));
    }
  }

  /**
   * {@return these limits with another one for the whole value}
   *
   * @param most bytes, 16 to 2,000,000,000
   * @throws IllegalArgumentException if it is outside its range
   */
  public CodecLimits withMaxBytes(int most) {
    return new CodecLimits(most, maxDepth, maxObjects, maxText, maxLength);
  }

  /**
   * {@return these limits with another depth}
   *
   * @param most levels, 1 to 10,000
   * @throws IllegalArgumentException if it is outside its range
   */
  public CodecLimits withMaxDepth(int most) {
    return new CodecLimits(maxBytes, most, maxObjects, maxText, maxLength);
  }

  /**
   * {@return these limits with another number of objects}
   *
   * @param most objects, at least 1
   * @throws IllegalArgumentException if it is outside its range
   */
  public CodecLimits withMaxObjects(int most) {
    return new CodecLimits(maxBytes, maxDepth, most, maxText, maxLength);
  }

  /**
   * {@return these limits with another length of texts}
   *
   * @param most characters, at least 1
   * @throws IllegalArgumentException if it is outside its range
   */
  public CodecLimits withMaxText(int most) {
    return new CodecLimits(maxBytes, maxDepth, maxObjects, most, maxLength);
  }

  /**
   * {@return these limits with another length of arrays, collections and maps}
   *
   * @param most elements, at least 1
   * @throws IllegalArgumentException if it is outside its range
   */
  public CodecLimits withMaxLength(int most) {
    return new CodecLimits(maxBytes, maxDepth, maxObjects, maxText, most);
  }
}
