package dev.carillon.binary;

import dev.carillon.spi.Codec;
import java.util.function.UnaryOperator;

/**
 * The codec that needs nothing but the JDK: its format is {@code carillon/1}, described in {@code
 * docs/codec.md}.
 *
 * {@snippet :
 * record Line(String article, int pieces, @DefaultValue("0") double discount) {}
 * record Order(String id, Instant placed, List<Line> lines) {}
 *
 * BinaryCodec codec =
 *     BinaryCodec.of(
 *         c -> c.register("order", Order.class).register("line", Line.class).registerSealed(Shape.class));
 * byte[] bytes = codec.encode(order);
 * Order same = codec.decode(bytes, Order.class);
 * }
 *
 * <p><b>What it takes.</b> Without registration: boxed primitives, texts, arrays, the common
 * collections and maps of the JDK, optionals, {@code java.time}, {@code UUID}, {@code BigInteger},
 * {@code BigDecimal}, {@code URI}, {@code BitSet}, {@code ByteBuffer}. By name: records, enums, and
 * classes. All else is refused, with its class and the path to it.
 *
 * <p><b>Identity.</b> Arrays, collections, maps and objects of registered classes keep theirs: what
 * is met twice is written once and is one object again, circles included. Texts, records, and what
 * else is a value do not, unless a record is {@linkplain RecordOptions#shared shared}; nor does
 * anything inside an element of a set or a key of a map. A circle through what is made of its parts
 * (a record, a collection that cannot be changed) is refused.
 *
 * <p><b>Evolution.</b> Components of a record are found by name. One that was added gets its
 * default, one that was removed is passed over, their order does not matter, and an {@code int} may
 * become a {@code long}.
 *
 * <p>Safe for use by any thread.
 */
public sealed interface BinaryCodec extends Codec permits LocalBinaryCodec {

  /**
   * {@return a codec}
   *
   * @param configure registers types, and changes the limits
   * @throws IllegalArgumentException if a record cannot be reached, or a default is none
   */
  static BinaryCodec of(UnaryOperator<BinaryConfig> configure) {
    return new LocalBinaryCodec(configure.apply(BinaryConfig.DEFAULT));
  }
}
