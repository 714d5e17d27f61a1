package dev.carillon.binary;

import dev.carillon.spi.CodingException;
import org.jspecify.annotations.Nullable;

/**
 * A rule that was broken, on its way out of the value: each level that it passes adds to the path.
 */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_PATH = 500;
  private static final int LONGEST_VALUE = 100;
  private static final int LONGEST_CAUSE = 300;
  private static final int LONGEST_RULE = 1000;

  private final String rule;
  private String path = "";

  Failure(String rule, @Nullable Throwable cause) {
    super(rule, cause, false, false);
    this.rule = rule;
  }

  Failure(String rule) {
    this(rule, null);
  }

  /** {@return what reading threw, as a failure} Errors other than a full stack pass through. */
  static Failure reading(Throwable thrown) {
    return thrown instanceof IndexOutOfBoundsException
        ? new Failure("the bytes must not end within a value", thrown)
        : of("read", thrown);
  }

  /** {@return what writing threw, as a failure} Errors other than a full stack pass through. */
  static Failure writing(Throwable thrown) {
    return of("written", thrown);
  }

  /** {@return what the program's own code threw, which was to do that} */
  static Failure own(String rule, Throwable thrown) {
    return thrown instanceof Error ? of("made", thrown) : new Failure(rule + said(thrown), thrown);
  }

  private static Failure of(String done, Throwable thrown) {
    return switch (thrown) {
      case Failure failure -> failure;
      case StackOverflowError e ->
          new Failure("the value must not be deeper than the thread's stack allows", e);
      case Error e -> throw e;
      default -> new Failure("the value could not be " + done + ": " + said(thrown), thrown);
    };
  }

  /** {@return this failure, seen from the composite value that has the part} */
  Failure in(String part) {
    boolean joins = path.isEmpty() || path.startsWith("[") || path.startsWith(".");
    String name = cut(part, LONGEST_VALUE);
    prepend(joins ? name : name + ".");
    return this;
  }

  /** {@return this failure, seen from the list that has the part} */
  Failure at(int index) {
    prepend("[" + index + "]" + (path.isEmpty() || path.startsWith("[") ? "" : "."));
    return this;
  }

  /** {@return this failure, seen from the map that has the part} */
  Failure under(@Nullable Object key) {
    boolean isShown = key instanceof String || isShort(key);
    String text = key != null && isShown ? shown(key.toString()) : "…";
    prepend("[" + text + "]" + (path.isEmpty() || path.startsWith("[") ? "" : "."));
    return this;
  }

  private void prepend(String part) {
    if (path.startsWith("…")) {
      return;
    }
    path = path.length() + part.length() <= LONGEST_PATH ? part + path : "…" + path;
  }

  /** {@return whether it is a number of a few digits} Others may have millions. */
  static boolean isShort(@Nullable Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Double
        || value instanceof Float;
  }

  /** {@return a text from outside, fit for a message} */
  static String shown(String text) {
    return '"' + cut(text, LONGEST_VALUE) + '"';
  }

  /** {@return what others threw, which may repeat what came from outside} */
  private static String said(Throwable thrown) {
    return cut(thrown.toString(), LONGEST_CAUSE);
  }

  private static String cut(String text, int most) {
    String cut = text.length() <= most ? text : text.substring(0, most) + "…";
    return cut.replaceAll("\\p{Cc}", "�");
  }

  CodingException toException() {
    return new CodingException(cut(rule, LONGEST_RULE), path, getCause());
  }
}
