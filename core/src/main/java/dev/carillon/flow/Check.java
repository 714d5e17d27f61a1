package dev.carillon.flow;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * A rule that values have to pass.
 *
 * @param rule the rule in words
 * @param passes whether a value does
 */
record Check(String rule, Predicate<Object> passes) {

  Check {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(passes, "passes");
  }

  @SuppressWarnings("unchecked") // the wire's type is the predicate's
  static Check of(String rule, Predicate<?> passes) {
    return new Check(rule, (Predicate<Object>) passes);
  }
}
