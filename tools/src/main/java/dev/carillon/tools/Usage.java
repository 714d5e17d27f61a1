package dev.carillon.tools;

/** Checks what a command was given. */
final class Usage {
  private Usage() {}

  /**
   * Checks a rule.
   *
   * @throws IllegalArgumentException if it does not hold
   */
  static void require(boolean holds, String ruleAndValue) {
    if (!holds) {
      throw new IllegalArgumentException(ruleAndValue);
    }
  }
}
