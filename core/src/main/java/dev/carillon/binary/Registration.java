package dev.carillon.binary;

import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * A type that a codec may write and read.
 *
 * @param name that it has in the bytes
 * @param type the class
 * @param maker makes what writes and reads it
 */
record Registration(String name, Class<?> type, Maker maker) {
  static final int MOST_PARTS = 250;
  static final int LONGEST_NAME = 200;

  /** Makes what writes and reads a type. */
  interface Maker {
    NamedType make(Registration registration, int ordinal, MethodHandles.Lookup lookup);
  }

  Registration {
    checkName("type", name);
    Objects.requireNonNull(type, "type");
    if (name.startsWith("$")) {
      throw new IllegalArgumentException(
          "a name must not begin with $, as those of the codec's own kinds do: name=" + name);
    }
  }

  static void checkName(String what, String name) {
    boolean isFine =
        !name.isBlank()
            && name.length() <= LONGEST_NAME
            && name.chars().noneMatch(Character::isISOControl);
    if (!isFine) {
      throw new IllegalArgumentException(
          "the name of a %s must be 1 to %d characters, none of them a control character: name=%s"
              .formatted(what, LONGEST_NAME, Failure.shown(name)));
    }
  }
}
