package dev.carillon.codec;

import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import org.apache.fory.Fory;
import org.apache.fory.exception.ForyException;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.jspecify.annotations.Nullable;

/** A codec over a few Forys. */
final class PooledForyCodec implements ForyCodec {
  /*
   * A Fory is for one thread at a time. Those that are idle are kept in a bounded queue; who finds it
   * empty makes another one and never waits, so a value whose constructor uses this codec cannot
   * block itself. One that is left over is dropped, and so is one that ended with an Error, since it
   * may be in any state.
   *
   * Bytes begin with two of our own, by which those of another codec and of the other kind of
   * evolution are told apart, then come Fory's.
   */
  private static final byte MAGIC = (byte) 0xf0;
  private static final byte STRICT = 0x01; // the low half is the version
  private static final byte EVOLVING = 0x11;
  private static final int HEADER = 2;
  private static final int MOST_KEPT_BUFFER = 1 << 17;
  private static final int MOST_SHOWN = 240;

  private final ForyConfig config;
  private final CodecLimits limits;
  private final Map<Class<?>, String> names = new HashMap<>(); // not changed once made
  private final ClassLoader loader;
  private final ArrayBlockingQueue<Slot> idle =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  PooledForyCodec(ForyConfig config) {
    this.config = config;
    int bytes = config.maxBytes();
    this.limits =
        new CodecLimits(
            bytes, config.maxDepth(), bytes + Forys.UNBACKED, bytes, bytes + Forys.UNBACKED);
    config
        .types()
        .forEach((name, type) -> {
          names.put(type, name);
          names.put(type.arrayType(), name + "[]");
        });
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    this.loader = context == null ? ForyCodec.class.getClassLoader() : context;
    Forys.check();
    idle.add(new Slot(Forys.open(config, loader))); // so that what it refuses fails here
  }

  /** A Fory, and what it writes to. */
  private static final class Slot {
    private final Fory fory;
    private MemoryBuffer buffer = MemoryUtils.buffer(256);

    Slot(Fory fory) {
      this.fory = fory;
    }

    byte[] write(Object value, byte kind, int most) {
      buffer.writerIndex(0);
      buffer.writeByte(MAGIC);
      buffer.writeByte(kind);
      try {
        fory.serialize(buffer, value);
        int length = buffer.writerIndex();
        if (length > most) {
          throw tooLong(most, length);
        }
        return buffer.getBytes(0, length);
      } finally {
        if (buffer.size() > MOST_KEPT_BUFFER) {
          buffer = MemoryUtils.buffer(256);
        }
      }
    }

    @Nullable Object read(byte[] bytes) {
      MemoryBuffer in = MemoryUtils.wrap(bytes);
      in.readerIndex(HEADER);
      Object value = fory.deserialize(in);
      if (in.readerIndex() != bytes.length) {
        throw refusal(
            "nothing must come after a value: length=%d, bytes=%d"
                .formatted(in.readerIndex(), bytes.length));
      }
      return value;
    }
  }

  @Override
  public String format() {
    return config.evolving() ? "fory-evolving/1" : "fory/1";
  }

  private byte kind() {
    return config.evolving() ? EVOLVING : STRICT;
  }

  @Override
  public ForyConfig config() {
    return config;
  }

  @Override
  public CodecLimits limits() {
    return limits;
  }

  @Override
  public String typeOf(Object value) {
    Class<?> type =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    String name = names.get(type);
    if (name != null) {
      return name;
    }
    boolean isKnown = with(slot -> slot.fory.getTypeResolver().isRegistered(type));
    if (!isKnown) {
      throw refusal(
          "a value's class must be known, by ForyConfig.withType: class=" + type.getName());
    }
    return type.getName();
  }

  @Override
  public byte[] encode(Object value) {
    Objects.requireNonNull(value, "value");
    typeOf(value);
    return with(slot -> slot.write(value, kind(), config.maxBytes()));
  }

  @Override
  public <T> T decode(byte[] bytes, Class<T> type) {
    Objects.requireNonNull(type, "type");
    if (bytes.length > config.maxBytes()) {
      throw tooLong(config.maxBytes(), bytes.length);
    }
    if (bytes.length <= HEADER || bytes[0] != MAGIC || bytes[1] != kind()) {
      throw refusal(
          "bytes must be a value of the format %s: length=%d".formatted(format(), bytes.length));
    }
    Object value = this.<@Nullable Object>with(slot -> slot.read(bytes));
    if (value == null) {
      throw refusal("a value must not be null");
    }
    if (!type.isInstance(value)) {
      throw refusal(
          "a value must be of the type that is asked for: type=%s, class=%s"
              .formatted(type.getName(), value.getClass().getName()));
    }
    return type.cast(value);
  }

  private <R extends @Nullable Object> R with(Function<Slot, R> use) {
    Slot slot = idle.poll();
    if (slot == null) {
      slot = new Slot(Forys.open(config, loader));
    }
    R result;
    try {
      result = use.apply(slot);
    } catch (StackOverflowError e) {
      throw tooDeep(e);
    } catch (RuntimeException e) {
      CodingException refused = refusal(e);
      if (!(refused.getCause() instanceof StackOverflowError)) {
        idle.offer(slot);
      }
      throw refused;
    }
    idle.offer(slot);
    return result;
  }

  /*
   * Fory wraps what a constructor throws, an Error too, in exceptions, one of whose messages is made
   * of the objects that were read; all of them are left out, since a text of such objects may never
   * end. Its own assertions, where they are enabled, are about bytes that are wrong.
   */
  private static CodingException refusal(RuntimeException thrown) {
    Throwable e = thrown;
    while (e.getCause() != null && !(e instanceof Error) && isOfFory(e)) {
      e = e.getCause();
    }
    if (e instanceof CodingException coding) {
      return coding;
    }
    if (e instanceof StackOverflowError) {
      return tooDeep(e);
    }
    if (e instanceof Error error && !(e instanceof AssertionError && isOfFory(e))) {
      throw error;
    }
    return new CodingException(
        "a value must be one that Fory can write, and bytes one that it has written, with all classes named: "
            + Texts.show(String.valueOf(e), MOST_SHOWN),
        "",
        e);
  }

  /** {@return whether Fory made an exception, or reflection did for it} */
  private static boolean isOfFory(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return e instanceof ForyException
        || e instanceof InvocationTargetException
        || (trace.length > 0 && trace[0].getClassName().startsWith("org.apache.fory."));
  }

  private static CodingException tooDeep(Throwable e) {
    return new CodingException("a value must not be deeper than the stack of the thread", "", e);
  }

  private static CodingException refusal(String message) {
    return new CodingException(message, "", null);
  }

  private static CodingException tooLong(int most, int length) {
    return refusal(
        "a value must be at most maxBytes long: maxBytes=%d, bytes=%d".formatted(most, length));
  }
}
