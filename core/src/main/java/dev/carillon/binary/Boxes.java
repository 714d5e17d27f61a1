package dev.carillon.binary;

import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Primitive values and their boxes. */
final class Boxes {
  private Boxes() {}

  /** {@return the class of the boxes of a primitive type; any other class itself} */
  @SuppressWarnings("unchecked") // int.class and Integer.class are both a Class<Integer>
  static <T> Class<T> boxed(Class<T> type) {
    return (Class<T>) MethodType.methodType(type).wrap().returnType();
  }

  /** {@return the value as one of that class, if that loses nothing; null if there is none} */
  static @Nullable Object widened(Object value, Class<?> wanted) {
    if (wanted.isInstance(value)) {
      return value;
    }
    boolean isWhole = value instanceof Byte || value instanceof Short || value instanceof Integer;
    if (isWhole) {
      int number = ((Number) value).intValue();
      if (wanted == Short.class && !(value instanceof Integer)) {
        return (short) number;
      }
      if (wanted == Integer.class) {
        return number;
      }
      if (wanted == Long.class) {
        return (long) number;
      }
      if (wanted == Double.class) {
        return (double) number;
      }
    }
    return value instanceof Float number && wanted == Double.class ? number.doubleValue() : null;
  }

  /** {@return the value of that class that a text stands for} */
  static Object parsed(String text, Class<?> type) {
    Class<?> boxed = boxed(type);
    try {
      if (boxed == String.class) {
        return text;
      } else if (boxed == Boolean.class && (text.equals("true") || text.equals("false"))) {
        return text.equals("true");
      } else if (boxed == Byte.class) {
        return Byte.valueOf(text);
      } else if (boxed == Short.class) {
        return Short.valueOf(text);
      } else if (boxed == Integer.class) {
        return Integer.valueOf(text);
      } else if (boxed == Long.class) {
        return Long.valueOf(text);
      } else if (boxed == Float.class) {
        return Float.valueOf(text);
      } else if (boxed == Double.class) {
        return Double.valueOf(text);
      } else if (boxed == Character.class && text.length() == 1) {
        return text.charAt(0);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(notA(text, type), e);
    }
    Object[] constants = type.getEnumConstants();
    if (constants != null) {
      for (Object constant : constants) {
        if (((Enum<?>) constant).name().equals(text)) {
          return constant;
        }
      }
    }
    throw new IllegalArgumentException(notA(text, type));
  }

  private static String notA(String text, Class<?> type) {
    return "a default in an annotation must be a %s, for other types use RecordOptions: default=%s"
        .formatted(type.getTypeName(), Failure.shown(text));
  }
}
