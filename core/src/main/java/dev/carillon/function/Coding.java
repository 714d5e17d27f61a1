package dev.carillon.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import java.util.Arrays;

/**
 * Keys or values as bytes: two bytes with the length of the type's name, big-endian, the name in
 * UTF-8, and what the codec wrote.
 *
 * @param type of the objects
 * @param codec writes and reads them
 * @param <T> type of the objects
 */
record Coding<T>(Class<T> type, PayloadCodec codec) {
  private static final int LONGEST_NAME = 0xFFFF;

  /** {@return an object as bytes} */
  byte[] write(T object) {
    if (!type.isInstance(object)) {
      throw new IllegalArgumentException(
          "it must be a %s: class=%s"
              .formatted(
                  type.getTypeName(), object == null ? "null" : object.getClass().getTypeName()));
    }
    byte[] name = codec.typeOf(object).getBytes(UTF_8);
    if (name.length > LONGEST_NAME) {
      throw new PayloadException(
          "the name of a type has at most %d bytes: bytes=%d".formatted(LONGEST_NAME, name.length),
          null);
    }
    byte[] encoded = codec.encode(object);
    var bytes = new byte[Short.BYTES + name.length + encoded.length];
    bytes[0] = (byte) (name.length >>> 8);
    bytes[1] = (byte) name.length;
    System.arraycopy(name, 0, bytes, Short.BYTES, name.length);
    System.arraycopy(encoded, 0, bytes, Short.BYTES + name.length, encoded.length);
    return bytes;
  }

  /** {@return the object that some bytes stand for} */
  T read(byte[] bytes) {
    int length =
        bytes.length < Short.BYTES
            ? LONGEST_NAME
            : Byte.toUnsignedInt(bytes[0]) << 8 | Byte.toUnsignedInt(bytes[1]);
    if (Short.BYTES + length > bytes.length) {
      throw new PayloadException(
          "the name of a type must be within the bytes: bytes=" + bytes.length, null);
    }
    String name = new String(bytes, Short.BYTES, length, UTF_8);
    Object object =
        codec.decode(name, Arrays.copyOfRange(bytes, Short.BYTES + length, bytes.length));
    if (!type.isInstance(object)) {
      throw new PayloadException(
          "what is read must be a %s: type=\"%s\"".formatted(type.getTypeName(), name), null);
    }
    return type.cast(object);
  }
}
