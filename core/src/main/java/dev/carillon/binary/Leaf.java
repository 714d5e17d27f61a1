package dev.carillon.binary;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A kind of values that have no others inside and no identity. */
final class Leaf<T> extends Form {
  private final int number;
  private final Class<T> type;
  private final BiConsumer<Output, T> writer;
  private final Function<Input, @Nullable T> reader;

  private Leaf(
      int number,
      String name,
      Class<T> type,
      BiConsumer<Output, T> writer,
      Function<Input, @Nullable T> reader) {
    super(name, false, false, false);
    this.number = number;
    this.type = type;
    this.writer = writer;
    this.reader = reader;
  }

  static <T> Kinds.Entry of(
      int number,
      String name,
      Class<T> type,
      BiConsumer<Output, T> writer,
      Function<Input, @Nullable T> reader) {
    return new Kinds.Entry(number, new Leaf<>(number, name, type, writer, reader), List.of(type));
  }

  @Override
  void writeKind(Output out) {
    out.putByte(number);
  }

  @Override
  void write(Output out, Object value) {
    writer.accept(out, type.cast(value));
  }

  @Override
  @Nullable Object read(Input in, int number) {
    return reader.apply(in);
  }
}
