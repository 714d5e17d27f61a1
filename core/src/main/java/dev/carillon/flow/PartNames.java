package dev.carillon.flow;

/** The rule for names of parts, branches and cycles. */
final class PartNames {
  private PartNames() {}

  static String check(String name) {
    if (name.isBlank()
        || name.indexOf('/') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a name must not be blank and has neither '/' nor control characters: name=\""
              + name
              + "\"");
    }
    return name;
  }
}
