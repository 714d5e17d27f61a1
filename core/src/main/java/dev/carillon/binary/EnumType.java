package dev.carillon.binary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An enum; its constants are written by their names. */
final class EnumType extends NamedType {
  final Enum<?>[] constants;
  private final Map<String, Enum<?>> byName = new HashMap<>();

  EnumType(Registration registration, int ordinal) {
    super(registration, ordinal, WireFormat.ENUM, List.of());
    this.constants = (Enum<?>[]) registration.type().getEnumConstants();
    for (Enum<?> constant : constants) {
      byName.put(constant.name(), constant);
    }
  }

  @Override
  void write(Output out, Object value) {
    out.putText(((Enum<?>) value).name());
  }

  @Override
  Object read(Input in, int number) {
    return constant(in);
  }

  /** {@return the constant whose name follows} */
  Enum<?> constant(Input in) {
    String constant = in.requiredText();
    Enum<?> value = byName.get(constant);
    if (value == null) {
      throw new Failure(
          "an enum must have a constant: type=%s, constant=%s"
              .formatted(name, Failure.shown(constant)));
    }
    return value;
  }

  @Override
  void skip(Input in) {
    in.skipText();
  }
}
