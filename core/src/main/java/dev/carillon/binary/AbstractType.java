package dev.carillon.binary;

import java.util.List;

/** An interface or abstract class, which has a name so that there can be arrays of it. */
final class AbstractType extends NamedType {
  AbstractType(Registration registration, int ordinal) {
    super(registration, ordinal, WireFormat.ABSTRACT, List.of());
  }

  @Override
  void write(Output out, Object value) {
    throw new Failure("an abstract type has no values: type=" + name);
  }

  @Override
  Object read(Input in, int number) {
    throw new Failure("an abstract type has no values: type=" + name);
  }
}
