package dev.carillon.function;

/** Looks at an argument before it is bound. */
@FunctionalInterface
interface ArgumentCheck {

  /**
   * Looks at an argument.
   *
   * @throws BindingException if it must not be bound
   */
  void check(String parameter, Object value);
}
