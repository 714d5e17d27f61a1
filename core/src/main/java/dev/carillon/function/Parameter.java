package dev.carillon.function;

import java.util.Objects;

/**
 * One parameter of a function.
 *
 * @param name what it is called; {@code arg0}, {@code arg1} … if the class file does not say
 * @param type what it takes; for the last one of a variable number, the array
 * @param isVariable whether it takes a variable number of arguments
 */
public record Parameter(String name, Class<?> type, boolean isVariable) {

  /** Checks that nothing is missing. */
  public Parameter {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  /** {@return {@code name: Type}} */
  @Override
  public String toString() {
    String text = isVariable ? type.componentType().getSimpleName() + "..." : type.getSimpleName();
    return name + ": " + text;
  }
}
