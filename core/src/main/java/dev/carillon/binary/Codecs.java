package dev.carillon.binary;

import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.PayloadCodec;
import java.util.Objects;

/** Uses of codecs. */
public final class Codecs {
  private Codecs() {}

  /**
   * {@return what lets a bus keep all payloads in its history that a codec takes}
   *
   * @param codec writes and reads them; what a store has kept must stay registered
   */
  public static PayloadCodec payloadCodec(Codec codec) {
    return new Payloads(Objects.requireNonNull(codec, "codec"));
  }

  private record Payloads(Codec codec) implements PayloadCodec {
    @Override
    public String typeOf(Object payload) {
      return codec.typeOf(payload);
    }

    @Override
    public byte[] encode(Object payload) {
      return codec.encode(payload);
    }

    @Override
    public Object decode(String type, byte[] bytes) {
      Object payload = codec.decode(bytes, Object.class);
      String read = codec.typeOf(payload);
      if (!read.equals(type)) {
        throw new CodingException(
            "the bytes must be of the type that they were kept as: type=%s, read=%s"
                .formatted(type, read),
            "",
            null);
      }
      return payload;
    }
  }
}
