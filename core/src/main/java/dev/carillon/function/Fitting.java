package dev.carillon.function;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fits values to the types of parameters, as a call in the language would. */
final class Fitting {
  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          char.class, Character.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class,
          void.class, Void.class);

  private Fitting() {}

  /** {@return the class whose objects stand for values of a type} */
  static Class<?> box(Class<?> type) {
    return BOXES.getOrDefault(type, type);
  }

  /**
   * {@return the value for a parameter: widened if that loses nothing (JLS 5.1.2)}
   *
   * @throws ClassCastException if it does not fit
   */
  static @Nullable Object fit(Class<?> type, @Nullable Object value) {
    if (value == null) {
      if (type.isPrimitive()) {
        throw new ClassCastException("null for a primitive type");
      }
      return null;
    }
    Class<?> box = box(type);
    return box.isInstance(value) ? value : box.cast(widen(box, value));
  }

  private static Object widen(Class<?> to, Object value) {
    return switch (value) {
      case Byte b -> widen(to, b.longValue(), 8, value);
      case Short s -> widen(to, s.longValue(), 16, value);
      case Character c -> widen(to, (long) c, 17, value); // unsigned: fits no short
      case Integer i -> widen(to, i.longValue(), 32, value);
      case Long l -> widen(to, l, 64, value);
      case Float f when to == Double.class -> f.doubleValue();
      default -> value;
    };
  }

  private static Object widen(Class<?> to, long number, int bits, Object value) {
    if (to == Short.class && bits < 16) {
      return (short) number;
    } else if (to == Integer.class && bits < 32) {
      return (int) number;
    } else if (to == Long.class && bits < 64) {
      return number;
    } else if (to == Float.class && bits < 32) {
      return (float) number; // an int or a long may lose digits, so they are refused
    } else if (to == Double.class && bits < 64) {
      return (double) number;
    }
    return value;
  }
}
