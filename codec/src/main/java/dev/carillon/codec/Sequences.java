package dev.carillon.codec;

/** Sequences as texts whose order is that of the numbers, as the extension wants them. */
final class Sequences {
  private static final int DIGITS = 19; // of the greatest long

  private Sequences() {}

  static String write(long sequence) {
    return "%019d".formatted(sequence);
  }

  /** {@return the number that a text is, or 1 if it is none from 1 on} */
  static long read(String text) {
    boolean isNumber = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber || text.isEmpty() || text.length() > DIGITS) {
      return 1;
    }
    try {
      return Math.max(1, Long.parseLong(text));
    } catch (NumberFormatException _) { // of 19 digits, but more than a long
      return 1;
    }
  }
}
