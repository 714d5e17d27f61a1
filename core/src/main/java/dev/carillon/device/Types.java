package dev.carillon.device;

/** Types as users can name them. */
final class Types {
  private Types() {}

  /** {@return the public interface of something, or its class} */
  static String of(Object has) {
    Class<?> type = has.getClass();
    for (Class<?> face : type.getInterfaces()) {
      if (java.lang.reflect.Modifier.isPublic(face.getModifiers())) {
        return face.getName();
      }
    }
    return type.getName();
  }
}
