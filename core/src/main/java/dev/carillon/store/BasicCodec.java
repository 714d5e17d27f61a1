package dev.carillon.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.function.Function;

/** Texts, bytes, and the commonest boxed values; numbers are big-endian. */
final class BasicCodec implements PayloadCodec {
  private static final String REST =
      "; the basic codec has String, byte[], Boolean, Integer, Long and Double only, give"
          + " BusConfig.withStore another";

  /** How payloads of one class are written, and read. */
  private record Form<T>(
      Class<T> type, String name, Function<T, byte[]> writer, Function<byte[], T> reader) {
    byte[] write(Object payload) {
      return writer.apply(type.cast(payload));
    }
  }

  private static final Map<Class<?>, Form<?>> BY_CLASS =
      Map.of(
          String.class, new Form<>(String.class, "string", BasicCodec::bytes, BasicCodec::text),
          byte[].class, new Form<>(byte[].class, "bytes", byte[]::clone, byte[]::clone),
          Boolean.class, new Form<>(Boolean.class, "boolean", BasicCodec::bit, BasicCodec::isSet),
          Integer.class,
              new Form<>(
                  Integer.class,
                  "int",
                  i -> ByteBuffer.allocate(Integer.BYTES).putInt(i).array(),
                  b -> of(b, Integer.BYTES).getInt()),
          Long.class,
              new Form<>(
                  Long.class,
                  "long",
                  i -> ByteBuffer.allocate(Long.BYTES).putLong(i).array(),
                  b -> of(b, Long.BYTES).getLong()),
          Double.class,
              new Form<>(
                  Double.class,
                  "double",
                  d -> ByteBuffer.allocate(Double.BYTES).putDouble(d).array(),
                  b -> of(b, Double.BYTES).getDouble()));

  private static final Map<String, Form<?>> BY_NAME =
      BY_CLASS.values().stream()
          .collect(java.util.stream.Collectors.toUnmodifiableMap(Form::name, form -> form));

  @Override
  public String typeOf(Object payload) {
    return form(payload).name();
  }

  @Override
  public byte[] encode(Object payload) {
    return form(payload).write(payload);
  }

  @Override
  public Object decode(String type, byte[] bytes) {
    Form<?> form = BY_NAME.get(type);
    if (form == null) {
      throw new PayloadException("no codec reads this type: type=\"" + type + "\"" + REST, null);
    }
    return form.reader().apply(bytes);
  }

  private static Form<?> form(Object payload) {
    Form<?> form = BY_CLASS.get(payload.getClass());
    if (form == null) {
      throw new PayloadException(
          "no codec writes this class: class=" + payload.getClass().getName() + REST, null);
    }
    return form;
  }

  private static byte[] bytes(String text) {
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new PayloadException("a text must not have half a surrogate pair", e);
    }
  }

  private static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new PayloadException("a text must be UTF-8: bytes=" + bytes.length, e);
    }
  }

  private static byte[] bit(Boolean value) {
    return new byte[] {(byte) (value ? 1 : 0)};
  }

  private static Boolean isSet(byte[] bytes) {
    byte bit = of(bytes, 1).get();
    if (bit < 0 || bit > 1) {
      throw new PayloadException("a boolean must be 0 or 1: byte=" + bit, null);
    }
    return bit == 1;
  }

  private static ByteBuffer of(byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new PayloadException(
          "a value of this type must have %d bytes: bytes=%d".formatted(length, bytes.length),
          null);
    }
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public String toString() {
    return "PayloadCodec[basic]";
  }
}
