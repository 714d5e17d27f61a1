package dev.carillon.function;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where a value is: a text, made only if it is asked for.
 *
 * @param outer where what it lies in is; null for the first
 * @param step its name, or its index or key
 * @param isIndex whether it is an index or a key
 */
record ValuePath(@Nullable ValuePath outer, Object step, boolean isIndex) {
  private static final int LONGEST_KEY = 40;

  static ValuePath of(String name) {
    return new ValuePath(null, name, false);
  }

  ValuePath field(String name) {
    return new ValuePath(this, name, false);
  }

  ValuePath at(Object indexOrKey) {
    return new ValuePath(this, indexOrKey, true);
  }

  /** {@return as {@code report.lines[2].socket}} */
  @Override
  public String toString() {
    var parts = new ArrayDeque<String>();
    for (ValuePath each = this; each != null; each = each.outer) {
      parts.push(each.part());
    }
    return String.join("", parts);
  }

  private String part() {
    if (!isIndex) {
      return (outer == null ? "" : ".") + step;
    }
    String text =
        switch (step) {
          case Number _, Boolean _, Character _, CharSequence _, Enum<?> _ -> step.toString();
          default -> "a " + step.getClass().getSimpleName();
        };
    String part = text.length() > LONGEST_KEY ? text.substring(0, LONGEST_KEY) + "…" : text;
    return "[" + part + "]";
  }
}
