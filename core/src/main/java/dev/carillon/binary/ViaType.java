package dev.carillon.binary;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    out.any(form(value));
  }

  @Override
  Object read(Input in, int number) {
    Object written = some(in.any(form));
    Object value = value(written);
    if (!type.isInstance(value)) {
      throw new Failure(
          "the function of a type must make a value of it: type=%s, class=%s"
              .formatted(name, value.getClass().getTypeName()));
    }
    return value;
  }

  private Object form(Object value) {
    try {
      return some(to.apply(value));
    } catch (RuntimeException e) {
      throw Failure.own("the value must have a form: type=%s, refused by ".formatted(name), e);
    }
  }

  private Object value(Object written) {
    try {
      return some(from.apply(written));
    } catch (RuntimeException e) {
      throw Failure.own("the form must have a value: type=%s, refused by ".formatted(name), e);
    }
  }

  private Object some(@Nullable Object value) {
    return Objects.requireNonNull(value, "the form of a value, and the value, must not be null");
  }

  @Override
  void skip(Input in) {
    in.skip();
  }
}
