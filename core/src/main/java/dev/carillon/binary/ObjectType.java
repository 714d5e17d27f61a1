package dev.carillon.binary;

import org.jspecify.annotations.Nullable;

/** A mutable class, made empty by its factory, and filled field by field. */
final class ObjectType extends NamedType {
  private final ObjectFields<?> fields;

  ObjectType(Registration registration, int ordinal, ObjectFields<?> fields) {
    super(registration, ordinal, WireFormat.OBJECT, fields.parts());
    this.fields = fields;
  }

  @Override
  void write(Output out, Object value) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        part.kind().write(out, fields.get(i, value));
      } catch (Throwable t) {
        throw Failure.writing(t).in(part.name());
      }
    }
  }

  @Override
  Object read(Input in, int number) {
    Object object = fields.make();
    in.made(number, object);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        fields.set(i, object, part.kind().read(in, part.type()));
      } catch (Throwable t) {
        throw Failure.reading(t).in(part.name());
      }
    }
    return object;
  }

  @Override
  Object readForeign(Input in, int number, ForeignParts foreign) {
    Object object = fields.make();
    in.made(number, object);
    @Nullable Object[] values = foreign.read(in);
    for (int i = 0; i < values.length; i++) {
      if (foreign.isWritten(i)) {
        fields.set(i, object, values[i]);
      }
    }
    return object;
  }

  @Override
  void skip(Input in) {
    for (Part part : parts) {
      part.kind().skip(in);
    }
  }
}
