package dev.carillon.binary;

import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The codec over a table of types. */
final class LocalBinaryCodec implements BinaryCodec {
  /*
   * Outputs are kept between calls, one per stripe of threads: who finds its stripe empty makes
   * another, and who comes back to a full one drops its own. No thread owns one, so nothing stays
   * behind when a thread ends, and there are never more than stripes kept.
   */
  private static final int STRIPES = 16;

  private final TypeTable types;
  private final CodecLimits limits;
  private final AtomicReferenceArray<@Nullable Output> idle = new AtomicReferenceArray<>(STRIPES);

  LocalBinaryCodec(BinaryConfig config) {
    this.types = TypeTable.of(config);
    this.limits = config.limits();
  }

  @Override
  public String format() {
    return WireFormat.NAME;
  }

  @Override
  public CodecLimits limits() {
    return limits;
  }

  @Override
  public String typeOf(Object value) {
    try {
      return types.of(Objects.requireNonNull(value, "value")).name;
    } catch (Failure f) {
      throw f.toException();
    }
  }

  @Override
  public byte[] encode(Object value) {
    Objects.requireNonNull(value, "value");
    int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
    Output out = idle.getAndSet(stripe, null);
    if (out == null) {
      out = new Output(types, limits);
    }
    byte[] bytes;
    try {
      bytes = out.whole(value);
    } catch (Throwable t) {
      throw rooted(Failure.writing(t), value);
    }
    idle.setRelease(stripe, out);
    return bytes;
  }

  private CodingException rooted(Failure failure, Object value) {
    Form root = types.find(value);
    return root instanceof NamedType ? failure.in(root.name).toException() : failure.toException();
  }

  @Override
  public <T> T decode(byte[] bytes, Class<T> type) {
    Objects.requireNonNull(type, "type");
    Input in = new Input(types, limits, Objects.requireNonNull(bytes, "bytes"));
    Object value;
    try {
      value = in.whole();
    } catch (Throwable t) {
      Failure failure = Failure.reading(t);
      String root = in.rootName();
      throw (root == null ? failure : failure.in(root)).toException();
    }
    if (!type.isInstance(value)) {
      throw new CodingException(
          "the value must be a %s: class=%s"
              .formatted(type.getTypeName(), value.getClass().getTypeName()),
          "",
          null);
    }
    return type.cast(value);
  }

  @Override
  public String toString() {
    return "BinaryCodec[" + types + "]";
  }
}
