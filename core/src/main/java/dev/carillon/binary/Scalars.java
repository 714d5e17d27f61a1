package dev.carillon.binary;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** Boxes, texts, large numbers, and other values of a few bytes. */
final class Scalars {
  private static final Kinds.Entry BUFFER =
      Leaf.of(
          WireFormat.BYTE_BUFFER,
          "$byte-buffer",
          ByteBuffer.class,
          Scalars::putBuffer,
          Scalars::buffer);
  static final Form BYTE_BUFFER = BUFFER.form();

  // What any double has fits: up to 1074 digits behind the point, and 2500 bits.
  private static final int MOST_KEY_SCALE = 1100;
  private static final int MOST_KEY_BITS = 4096;

  private Scalars() {}

  static List<Kinds.Entry> entries() {
    return List.of(
        constant(WireFormat.FALSE, false, List.of(Boolean.class)),
        constant(WireFormat.TRUE, true, List.of()),
        Leaf.of(WireFormat.BYTE, "$byte", Byte.class, (out, b) -> out.putByte(b), Input::getByte),
        Leaf.of(
            WireFormat.SHORT, "$short", Short.class, (out, s) -> out.putInt(s), Input::getShort),
        Leaf.of(
            WireFormat.CHAR, "$char", Character.class, (out, c) -> out.putVar(c), Input::getChar),
        Leaf.of(WireFormat.INT, "$int", Integer.class, Output::putInt, Input::getInt),
        Leaf.of(WireFormat.LONG, "$long", Long.class, Output::putLong, Input::getLong),
        Leaf.of(WireFormat.FLOAT, "$float", Float.class, Output::putFloat, Input::getFloat),
        Leaf.of(WireFormat.DOUBLE, "$double", Double.class, Output::putDouble, Input::getDouble),
        Leaf.of(WireFormat.TEXT, "$text", String.class, Output::putText, Input::requiredText),
        new Kinds.Entry(WireFormat.OPTIONAL, new OptionalForm(), List.of(Optional.class)),
        Leaf.of(
            WireFormat.OPTIONAL_INT,
            "$optional-int",
            OptionalInt.class,
            Scalars::putOptionalInt,
            in -> in.getBoolean() ? OptionalInt.of(in.getInt()) : OptionalInt.empty()),
        Leaf.of(
            WireFormat.OPTIONAL_LONG,
            "$optional-long",
            OptionalLong.class,
            Scalars::putOptionalLong,
            in -> in.getBoolean() ? OptionalLong.of(in.getLong()) : OptionalLong.empty()),
        Leaf.of(
            WireFormat.OPTIONAL_DOUBLE,
            "$optional-double",
            OptionalDouble.class,
            Scalars::putOptionalDouble,
            in -> in.getBoolean() ? OptionalDouble.of(in.getDouble()) : OptionalDouble.empty()),
        Leaf.of(
            WireFormat.UUID,
            "$uuid",
            UUID.class,
            Scalars::putUuid,
            in -> new UUID(in.getFixedLong(), in.getFixedLong())),
        Leaf.of(
            WireFormat.BIG_INTEGER,
            "$big-integer",
            BigInteger.class,
            Scalars::putBigInteger,
            Scalars::bigInteger),
        Leaf.of(
            WireFormat.BIG_DECIMAL,
            "$big-decimal",
            BigDecimal.class,
            Scalars::putBigDecimal,
            Scalars::bigDecimal),
        Leaf.of(
            WireFormat.URI,
            "$uri",
            URI.class,
            (out, uri) -> out.putText(uri.toString()),
            in -> URI.create(in.requiredText())),
        BUFFER,
        Leaf.of(WireFormat.BIT_SET, "$bit-set", BitSet.class, Scalars::putBitSet, Scalars::bitSet));
  }

  // The kind is the value; Output.any chooses between the two.
  private static Kinds.Entry constant(int number, boolean value, List<Class<?>> classes) {
    Kinds.Entry entry = Leaf.of(number, "$boolean", Boolean.class, (out, same) -> {}, in -> value);
    return new Kinds.Entry(number, entry.form(), classes);
  }

  private static void putOptionalInt(Output out, OptionalInt value) {
    out.putBoolean(value.isPresent());
    value.ifPresent(out::putInt);
  }

  private static void putOptionalLong(Output out, OptionalLong value) {
    out.putBoolean(value.isPresent());
    value.ifPresent(out::putLong);
  }

  private static void putOptionalDouble(Output out, OptionalDouble value) {
    out.putBoolean(value.isPresent());
    value.ifPresent(out::putDouble);
  }

  private static void putUuid(Output out, UUID id) {
    out.putFixedLong(id.getMostSignificantBits());
    out.putFixedLong(id.getLeastSignificantBits());
  }

  private static void putBigInteger(Output out, BigInteger value) {
    byte[] bytes = value.toByteArray();
    out.count(bytes.length);
    out.putBytes(bytes);
  }

  private static BigInteger bigInteger(Input in) {
    return new BigInteger(in.getBytes(in.length()));
  }

  private static void putBigDecimal(Output out, BigDecimal value) {
    if (out.isInKey()) {
      checkKey(value);
    }
    out.putInt(value.scale());
    putBigInteger(out, value.unscaledValue());
  }

  private static BigDecimal bigDecimal(Input in) {
    int scale = in.getInt();
    BigDecimal value = new BigDecimal(bigInteger(in), scale);
    if (in.isInKey()) {
      checkKey(value);
    }
    return value;
  }

  // Comparing two computes ten to the power of what their scales differ by, at each comparison.
  private static void checkKey(BigDecimal value) {
    if (Math.abs((long) value.scale()) > MOST_KEY_SCALE
        || value.unscaledValue().bitLength() > MOST_KEY_BITS) {
      throw new Failure(
          ("a decimal in a set or a key must have a scale of -%d to %d and %d bits at most:"
                  + " scale=%d, bits=%d")
              .formatted(
                  MOST_KEY_SCALE,
                  MOST_KEY_SCALE,
                  MOST_KEY_BITS,
                  value.scale(),
                  value.unscaledValue().bitLength()));
    }
  }

  // What is left of the buffer is written; it comes back on the heap, from 0 to its length.
  private static void putBuffer(Output out, ByteBuffer buffer) {
    out.putBoolean(buffer.order() == ByteOrder.LITTLE_ENDIAN);
    out.count(buffer.remaining());
    int from = out.claim(buffer.remaining());
    buffer.get(buffer.position(), out.buffer(), from, buffer.remaining());
  }

  private static ByteBuffer buffer(Input in) {
    ByteOrder order = in.getBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return ByteBuffer.wrap(in.getBytes(in.length())).order(order);
  }

  private static void putBitSet(Output out, BitSet bits) {
    byte[] bytes = bits.toByteArray();
    out.count(bytes.length);
    out.putBytes(bytes);
  }

  private static BitSet bitSet(Input in) {
    return BitSet.valueOf(in.getBytes(in.length()));
  }

  /** What an optional has is another value. */
  private static final class OptionalForm extends Form {
    OptionalForm() {
      super("$optional", true, false, true);
    }

    @Override
    void writeKind(Output out) {
      out.putByte(WireFormat.OPTIONAL);
    }

    @Override
    void write(Output out, Object value) {
      out.any(((Optional<?>) value).orElse(null));
    }

    @Override
    Object read(Input in, int number) {
      return Optional.ofNullable(in.any());
    }

    @Override
    void skip(Input in) {
      in.skip();
    }
  }
}
