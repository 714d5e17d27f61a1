package dev.carillon.binary;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Arrays, which keep their identity: those of primitive elements as one block, others by element.
 */
final class ArrayKinds {
  /** What writes the elements of an array, and reads them. */
  private interface Mover<A> {
    void move(ByteBuffer buffer, A array);
  }

  /** An array of primitive elements. */
  private static final class Block<A> extends Form {
    private final int number;
    private final Class<A> type;
    private final int width;
    private final IntFunction<A> maker;
    private final Mover<A> writer;
    private final Mover<A> reader;

    Block(
        int number,
        String name,
        Class<A> type,
        int width,
        IntFunction<A> maker,
        Mover<A> writer,
        Mover<A> reader) {
      super(name, true, true, false);
      this.number = number;
      this.type = type;
      this.width = width;
      this.maker = maker;
      this.writer = writer;
      this.reader = reader;
    }

    @Override
    void writeKind(Output out) {
      out.putByte(number);
    }

    @Override
    void write(Output out, Object value) {
      int count = Array.getLength(value);
      out.count(count);
      long size = (long) count * width;
      int from = out.claim(size);
      writer.move(buffer(out.buffer(), from, (int) size), type.cast(value));
    }

    @Override
    Object read(Input in, int number) {
      int count = in.fixedCount(width);
      A array = maker.apply(count);
      int from = in.claim(count * width);
      reader.move(buffer(in.buffer(), from, count * width), array);
      return array;
    }

    @Override
    void skip(Input in) {
      in.skipBytes(in.fixedCount(width) * width);
    }

    private static ByteBuffer buffer(byte[] bytes, int from, int size) {
      return ByteBuffer.wrap(bytes, from, size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** An array of anything else: its dimensions, its element type, and a value per element. */
  private static final class Objects extends Form {
    private static final int MOST_DIMENSIONS = 16;
    private static final int REGISTERED = 0;

    Objects() {
      super("$array", true, true, false);
    }

    @Override
    void writeKind(Output out) {
      out.putByte(WireFormat.ARRAY);
    }

    @Override
    void write(Output out, Object value) {
      Class<?> element = value.getClass().getComponentType();
      int dimensions = 1;
      while (element.isArray()) {
        element = element.getComponentType();
        dimensions++;
      }
      if (dimensions > MOST_DIMENSIONS) {
        throw new Failure(
            "an array must have at most %d dimensions: dimensions=%d"
                .formatted(MOST_DIMENSIONS, dimensions));
      }
      out.putByte(dimensions);
      int known = Kinds.elements().indexOf(element);
      if (known >= 0) {
        out.putByte(known + 1);
      } else {
        out.putByte(REGISTERED);
        out.type(out.registered(element));
      }
      @Nullable Object[] array = (@Nullable Object[]) value;
      out.count(array.length);
      for (int i = 0; i < array.length; i++) {
        try {
          out.any(array[i]);
        } catch (Failure f) {
          throw f.at(i);
        }
      }
    }

    @Override
    Object read(Input in, int number) {
      Class<?> component = component(in);
      @Nullable Object[] array = (@Nullable Object[]) Array.newInstance(component, in.count());
      in.made(number, array);
      for (int i = 0; i < array.length; i++) {
        in.next();
        try {
          array[i] = in.any(component);
        } catch (Throwable t) {
          throw Failure.reading(t).at(i);
        }
      }
      return array;
    }

    private static Class<?> component(Input in) {
      int dimensions = in.getByte();
      if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
        throw new Failure(
            "an array must have 1 to %d dimensions: dimensions=%d"
                .formatted(MOST_DIMENSIONS, dimensions));
      }
      int known = in.getByte();
      Class<?> element;
      if (known == REGISTERED) {
        element = in.registered(in.type(), NamedType.class).type;
      } else if (known > 0 && known <= Kinds.elements().size()) {
        element = Kinds.elements().get(known - 1);
      } else {
        throw new Failure("the element of an array must be a type that is known: type=" + known);
      }
      if (dimensions == 1 && element.isPrimitive()) {
        throw new Failure("an array of primitives has a kind of its own: type=" + element);
      }
      for (int i = 1; i < dimensions; i++) {
        element = element.arrayType();
      }
      return element;
    }

    @Override
    void skip(Input in) {
      in.getByte();
      if (in.getByte() == REGISTERED) {
        in.type();
      }
      for (int left = in.count(); left > 0; left--) {
        in.next();
        in.skip();
      }
    }
  }

  static final Form OBJECTS = new Objects();

  private ArrayKinds() {}

  static List<Kinds.Entry> entries() {
    return List.of(
        entry(
            new Block<>(
                WireFormat.BOOLEANS,
                "$boolean[]",
                boolean[].class,
                1,
                boolean[]::new,
                ArrayKinds::putBooleans,
                ArrayKinds::booleans)),
        entry(
            new Block<>(
                WireFormat.BYTES,
                "$byte[]",
                byte[].class,
                Byte.BYTES,
                byte[]::new,
                ByteBuffer::put,
                ByteBuffer::get)),
        entry(
            new Block<>(
                WireFormat.SHORTS,
                "$short[]",
                short[].class,
                Short.BYTES,
                short[]::new,
                (b, a) -> b.asShortBuffer().put(a),
                (b, a) -> b.asShortBuffer().get(a))),
        entry(
            new Block<>(
                WireFormat.CHARS,
                "$char[]",
                char[].class,
                Character.BYTES,
                char[]::new,
                (b, a) -> b.asCharBuffer().put(a),
                (b, a) -> b.asCharBuffer().get(a))),
        entry(
            new Block<>(
                WireFormat.INTS,
                "$int[]",
                int[].class,
                Integer.BYTES,
                int[]::new,
                (b, a) -> b.asIntBuffer().put(a),
                (b, a) -> b.asIntBuffer().get(a))),
        entry(
            new Block<>(
                WireFormat.LONGS,
                "$long[]",
                long[].class,
                Long.BYTES,
                long[]::new,
                (b, a) -> b.asLongBuffer().put(a),
                (b, a) -> b.asLongBuffer().get(a))),
        entry(
            new Block<>(
                WireFormat.FLOATS,
                "$float[]",
                float[].class,
                Float.BYTES,
                float[]::new,
                (b, a) -> b.asFloatBuffer().put(a),
                (b, a) -> b.asFloatBuffer().get(a))),
        entry(
            new Block<>(
                WireFormat.DOUBLES,
                "$double[]",
                double[].class,
                Double.BYTES,
                double[]::new,
                (b, a) -> b.asDoubleBuffer().put(a),
                (b, a) -> b.asDoubleBuffer().get(a))),
        new Kinds.Entry(WireFormat.ARRAY, OBJECTS, List.of(Object[].class)));
  }

  private static Kinds.Entry entry(Block<?> block) {
    return new Kinds.Entry(block.number, block, List.of(block.type));
  }

  private static void putBooleans(ByteBuffer buffer, boolean[] array) {
    for (boolean each : array) {
      buffer.put((byte) (each ? 1 : 0));
    }
  }

  private static void booleans(ByteBuffer buffer, boolean[] array) {
    for (int i = 0; i < array.length; i++) {
      byte each = buffer.get();
      if (each != 0 && each != 1) {
        throw new Failure("a boolean must be 0 or 1: byte=" + each);
      }
      array[i] = each == 1;
    }
  }
}
