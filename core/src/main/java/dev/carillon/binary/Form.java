package dev.carillon.binary;

import org.jspecify.annotations.Nullable;

/** How values of a kind are written, read, and passed over. */
abstract class Form {
  /** What the kind is called; those that no program registers begin with a dollar sign. */
  final String name;

  /** Whether its values have others inside. */
  final boolean isNested;

  /** Whether its values keep their identity. */
  final boolean isTracked;

  /** Whether a value can be made only when its parts are there, so that no circle leads to it. */
  final boolean isLate;

  Form(String name, boolean isNested, boolean isTracked, boolean isLate) {
    this.name = name;
    this.isNested = isNested;
    this.isTracked = isTracked;
    this.isLate = isLate;
  }

  /** Writes the kind of the value, by which a reader finds this form. */
  abstract void writeKind(Output out);

  /** Writes what follows the kind. */
  abstract void write(Output out, Object value);

  /**
   * {@return the value}
   *
   * @param number of the value, if it is tracked and numbered here; to be told the input as soon as
   *     the value exists
   */
  abstract @Nullable Object read(Input in, int number);

  /** Passes over a value of which nothing is needed. */
  void skip(Input in) {
    read(in, Input.UNNUMBERED);
  }

  @Override
  public String toString() {
    return name;
  }
}
