package dev.carillon.binary;

import java.util.List;
import java.util.function.Function;

/** A class whose values are written as values of another. */
final class ViaType extends NamedType {
  private final Class<?> form;
  private final Function<Object, ?> to;
  private final Function<Object, ?> from;

  ViaType(
      Registration registration,
      int ordinal,
      Class<?> form,
      Function<Object, ?> to,
      Function<Object, ?> from) {
    super(registration, ordinal, WireFormat.VIA, List.of());
    this.form = form;
    this.to = to;
    this.from = from;
  }

  @Override
  void write(Output out, Object value) {
    out.any(some(to.apply(value)));
  }

  @Override
  Object read(Input in, int number) {
    Object written = some(in.any(form));
    Object value = some(from.apply(written));
    if (!type.isInstance(value)) {
      throw new Failure(
          "the function of a type must make a value of it: type=%s, class=%s"
              .formatted(name, value.getClass().getTypeName()));
    }
    return value;
  }

  private Object some(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      throw new Failure("the form of a value must not be null: type=" + name);
    }
    return value;
  }

  @Override
  void skip(Input in) {
    in.skip();
  }
}
