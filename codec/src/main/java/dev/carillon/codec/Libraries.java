package dev.carillon.codec;

/** Libraries that only some users of this artifact need, and so have to name themselves. */
final class Libraries {
  private Libraries() {}

  /** {@return whether a class is there; it is not initialised} */
  static boolean has(String name) {
    try {
      Class.forName(name, false, Libraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError _) { // the answer, not a failure
      return false;
    }
  }

  /**
   * Fails unless a library is there.
   *
   * @param user what needs it
   * @param name a class of it
   * @param artifact where it is
   * @param module its name on the module path, where nothing else may ask for it
   */
  static void require(String user, String name, String artifact, String module) {
    if (!has(name)) {
      throw new IllegalStateException(
          "%s must have %s on the class path, or on the module path with --add-modules %s: class %s was not found"
              .formatted(user, artifact, module, name));
    }
  }
}
