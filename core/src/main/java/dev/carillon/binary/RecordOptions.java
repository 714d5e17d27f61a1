package dev.carillon.binary;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a record is written and read: immutable, changed by its methods. */
public final class RecordOptions {
  static final RecordOptions DEFAULT = new RecordOptions(Map.of(), false);

  private static final Map<Class<?>, Object> EMPTY =
      Map.of(
          Optional.class, Optional.empty(),
          OptionalInt.class, OptionalInt.empty(),
          OptionalLong.class, OptionalLong.empty(),
          OptionalDouble.class, OptionalDouble.empty());

  private final Map<String, Part.Fallback> defaults;
  private final boolean isShared;

  private RecordOptions(Map<String, Part.Fallback> defaults, boolean isShared) {
    this.defaults = defaults;
    this.isShared = isShared;
  }

  /**
   * {@return these options, with what a component is in values that were written before the record
   * had it} An {@code Optional} needs none to be empty then.
   *
   * @param component its name
   * @param value what it is, perhaps null; the same object for all values, so nothing that can
   *     change
   */
  public RecordOptions withDefault(String component, @Nullable Object value) {
    var more = new HashMap<>(defaults);
    more.put(component, new Part.Fallback(value));
    return new RecordOptions(Map.copyOf(more), isShared);
  }

  /**
   * {@return these options, for a record whose values keep their identity: one that is met twice is
   * written once, and is one object again} It costs a look at all objects that were written before;
   * without it a record that is met twice is written twice, and becomes two that are equal.
   */
  public RecordOptions shared() {
    return new RecordOptions(defaults, true);
  }

  boolean isShared() {
    return isShared;
  }

  List<Part> parts(Registration registration) {
    RecordComponent[] components = registration.type().getRecordComponents();
    if (components.length > Registration.MOST_PARTS) {
      throw new IllegalArgumentException(
          "a record must have at most %d components: type=%s, components=%d"
              .formatted(Registration.MOST_PARTS, registration.name(), components.length));
    }
    Set<String> unknown = new HashSet<>(defaults.keySet());
    List<Part> parts = new ArrayList<>(components.length);
    for (RecordComponent component : components) {
      Part part = Part.of(component.getName(), component.getType(), null);
      Part.Fallback given = fallback(registration, component);
      unknown.remove(part.name());
      parts.add(given == null ? part : withDefault(registration, part, given));
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "a default must be for a component: type=%s, components=%s"
              .formatted(registration.name(), unknown));
    }
    return List.copyOf(parts);
  }

  private Part.@Nullable Fallback fallback(Registration registration, RecordComponent component) {
    Part.Fallback given = defaults.get(component.getName());
    if (given != null) {
      return given;
    }
    DefaultValue annotation = component.getAnnotation(DefaultValue.class);
    if (annotation != null) {
      try {
        return new Part.Fallback(Boxes.parsed(annotation.value(), component.getType()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s, at %s.%s".formatted(e.getMessage(), registration.name(), component.getName()), e);
      }
    }
    Object empty = EMPTY.get(component.getType());
    return empty == null ? null : new Part.Fallback(empty);
  }

  private static Part withDefault(Registration registration, Part part, Part.Fallback given) {
    try {
      return Part.of(part.name(), part.type(), new Part.Fallback(part.fit(given.value())));
    } catch (Failure e) {
      throw new IllegalArgumentException(
          "a default must be of the component's type: type=%s, component=%s, %s"
              .formatted(registration.name(), part.name(), e.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return "RecordOptions[defaults=" + defaults.keySet() + ", isShared=" + isShared + "]";
  }
}
