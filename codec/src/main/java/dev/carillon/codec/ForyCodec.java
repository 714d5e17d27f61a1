package dev.carillon.codec;

import dev.carillon.spi.Codec;
import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import java.util.function.UnaryOperator;

/**
 * A codec that uses Apache Fory: for objects that the core's own codec does not take, such as
 * classes with fields and no record of them.
 *
 * {@snippet :
 * ForyCodec codec = ForyCodec.of(c -> c.withType("shop.Order", Order.class));
 * byte[] bytes = codec.encode(order);
 * Order same = codec.decode(bytes, Order.class);
 * }
 *
 * <p>Written and read are the classes that the settings name, arrays of them, and the classes of
 * the JDK that Fory knows: boxed primitives, texts, arrays, collections, times, big numbers and the
 * like. Shared references and cycles stay what they are. Lambdas and proxies are refused.
 *
 * <p>Of the {@linkplain #limits limits} that of the bytes holds both ways, though a value is first
 * written and then measured; the others hold where a value is read, and where one is written the
 * stack is the only bound of its depth. A text or a collection is bounded by the bytes alone.
 *
 * <p>Fory makes objects without their constructors, records apart: what a constructor checks is not
 * checked. And bytes that make sets of sets which share their elements can keep a thread busy for
 * very long, by {@code hashCode}. So take bytes only from peers that are known.
 *
 * <p>It needs {@code org.apache.fory:fory-core}, which who uses it has to name as a dependency.
 * Fory reaches into the JDK, either by {@code sun.misc.Unsafe}, of which the JVM warns, or by
 * {@code --add-opens=java.base/java.lang.invoke=ALL-UNNAMED} ({@code org.apache.fory.core} on the
 * module path), which is quiet and works where {@code --sun-misc-unsafe-memory-access=deny} is set.
 * Without both, {@link #of} fails and says so.
 *
 * <p>Immutable, and safe for use by any thread. It keeps up to one Fory, of some 100 KiB, for each
 * processor.
 */
public sealed interface ForyCodec extends Codec permits PooledForyCodec {

  /**
   * {@return a codec}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting breaks a rule
   * @throws IllegalStateException if Fory is not there, or may not reach into the JDK; the message
   *     says what to do
   */
  static ForyCodec of(UnaryOperator<ForyConfig> configure) {
    Libraries.require(
        "ForyCodec",
        "org.apache.fory.ThreadSafeFory",
        "org.apache.fory:fory-core",
        "org.apache.fory.core");
    return new PooledForyCodec(configure.apply(ForyConfig.DEFAULT));
  }

  /** {@return the settings} */
  ForyConfig config();

  /**
   * {@return the bounds of what is read, as far as Fory has them} Objects, texts and lengths are
   * bounded by the bytes.
   */
  @Override
  CodecLimits limits();

  /**
   * {@return the value that some bytes stand for}
   *
   * @throws CodingException as {@link Codec#decode} says
   */
  @Override
  <T> T decode(byte[] bytes, Class<T> type);
}
