package dev.carillon.binary;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the objects of a mutable class consist of, and how to reach it: immutable, changed by its
 * methods. No field is reached by reflection.
 *
 * @param <T> the class
 */
public final class ObjectFields<T> {
  private record Field<T, V>(
      String name, Class<V> type, Function<T, @Nullable V> getter, BiConsumer<T, V> setter) {
    @Nullable Object get(T object) {
      return getter.apply(object);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what was written was got from the same field
    void set(T object, @Nullable Object value) {
      setter.accept(object, (V) value);
    }
  }

  private final Class<T> type;
  private final Supplier<? extends T> factory;
  private final List<Field<T, ?>> fields;

  private ObjectFields(Class<T> type, Supplier<? extends T> factory, List<Field<T, ?>> fields) {
    this.type = type;
    this.factory = factory;
    this.fields = fields;
  }

  static <T> ObjectFields<T> none(Class<T> type, Supplier<? extends T> factory) {
    return new ObjectFields<>(
        Objects.requireNonNull(type, "type"),
        Objects.requireNonNull(factory, "factory"),
        List.of());
  }

  /**
   * {@return these fields, and one more} Bytes that were written before the field was there leave
   * it as the factory made it.
   *
   * @param name of the field, 1 to 200 characters
   * @param fieldType its class; {@code int.class} for an {@code int}
   * @param getter gives what it is, perhaps null
   * @param setter changes it; called before the object is whole
   * @param <V> type of the field
   * @throws IllegalArgumentException if the name is taken or is none
   */
  public <V> ObjectFields<T> with(
      String name, Class<V> fieldType, Function<T, @Nullable V> getter, BiConsumer<T, V> setter) {
    Registration.checkName("field", name);
    Objects.requireNonNull(fieldType, "fieldType");
    Objects.requireNonNull(getter, "getter");
    Objects.requireNonNull(setter, "setter");
    for (Field<T, ?> field : fields) {
      if (field.name().equals(name)) {
        throw new IllegalArgumentException("a field must be there once: field=" + name);
      }
    }
    var more = new ArrayList<>(fields);
    more.add(new Field<>(name, fieldType, getter, setter));
    return new ObjectFields<>(type, factory, List.copyOf(more));
  }

  List<Part> parts() {
    return fields.stream().map(f -> Part.of(f.name(), f.type(), Part.AS_MADE)).toList();
  }

  Object make() {
    T made;
    try {
      made = factory.get();
    } catch (RuntimeException e) {
      throw Failure.own("the factory must make an object: refused by ", e);
    }
    if (made == null || made.getClass() != type) {
      throw new Failure(
          "the factory must make an object of the class: class=%s, made=%s"
              .formatted(type.getTypeName(), made == null ? null : made.getClass().getTypeName()));
    }
    return made;
  }

  @Nullable Object get(int index, Object object) {
    try {
      return fields.get(index).get(type.cast(object));
    } catch (RuntimeException e) {
      throw Failure.own("a field must have a value: refused by ", e);
    }
  }

  void set(int index, Object object, @Nullable Object value) {
    try {
      fields.get(index).set(type.cast(object), value);
    } catch (RuntimeException e) {
      throw Failure.own("a field must accept its value: refused by ", e);
    }
  }

  @Override
  public String toString() {
    return "ObjectFields[" + type.getTypeName() + ", fields=" + parts() + "]";
  }
}
