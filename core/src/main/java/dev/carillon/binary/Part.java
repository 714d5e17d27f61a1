package dev.carillon.binary;

import org.jspecify.annotations.Nullable;

/**
 * A component of a record, or what else a registered object consists of.
 *
 * @param name of the component
 * @param type that it is declared with
 * @param kind how it is written
 * @param fallback what it is if the bytes are from before it was there; null if it must be there
 */
record Part(String name, Class<?> type, PartKind kind, @Nullable Fallback fallback) {

  /** A value for a component that is missing; the value itself may be null. */
  record Fallback(@Nullable Object value) {}

  /** The fallback of a field that stays as its object was made. */
  static final Fallback AS_MADE = new Fallback(null);

  static Part of(String name, Class<?> type, @Nullable Fallback fallback) {
    return new Part(name, type, PartKind.of(type), fallback);
  }

  /** {@return a value that was written for a component of this name, as this component's} */
  @Nullable Object fit(@Nullable Object value) {
    Class<?> wanted = Boxes.boxed(type);
    Object widened = value == null ? null : Boxes.widened(value, wanted);
    if (widened == null ? value != null || type.isPrimitive() : !wanted.isInstance(widened)) {
      throw new Failure(
          "a %s must not be read as a %s: value=%s"
              .formatted(
                  value == null ? "null" : value.getClass().getTypeName(),
                  type.getTypeName(),
                  value == null || Failure.isShort(value) ? value : "…"));
    }
    return widened;
  }
}
