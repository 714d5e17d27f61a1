package dev.carillon.binary;

/** Collections that change while they are written. */
final class Sizes {
  private Sizes() {}

  static void check(int announced, int written) {
    if (announced != written) {
      throw new Failure(
          "a value must not change while it is written: size=%d, elements=%d"
              .formatted(announced, written));
    }
  }
}
