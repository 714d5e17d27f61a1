package dev.carillon.source;

/** Kinds of sources that tests of what all have in common take. */
final class Kinds {
  private Kinds() {}

  /** {@return one that counts from the position on to a number} */
  static SourceKind<Integer> counter(int last) {
    return intake -> {
      intake.ready();
      int next = intake.position().map(Integer::parseInt).orElse(0) + 1;
      for (int i = next; i <= last; i++) {
        intake.emit(intake.item(i).withPosition(Integer.toString(i)));
      }
    };
  }

  /** {@return one that counts from the position on, for ever} */
  static SourceKind<Integer> endless() {
    return counter(Integer.MAX_VALUE - 1);
  }

  /** {@return one to which nothing ever comes} */
  static SourceKind<Integer> waiting() {
    return intake -> {
      intake.ready();
      intake.awaitStop();
    };
  }
}
