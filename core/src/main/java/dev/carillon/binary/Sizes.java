package dev.carillon.binary;

/** Collections that have not the number of elements that was announced. */
final class Sizes {
  private Sizes() {}

  static void check(int announced, int written) {
    if (announced != written) {
      throw new Failure(
          "a value must not change while it is written: size=%d, elements=%d"
              .formatted(announced, written));
    }
  }

  static void checkDistinct(int announced, int made) {
    if (announced != made) {
      throw new Failure(
          "elements of a set and keys of a map must differ from each other: size=%d, distinct=%d"
              .formatted(announced, made));
    }
  }
}
