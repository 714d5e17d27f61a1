package dev.carillon.spi;

/**
 * Turns payloads into bytes for a {@link MessageStore}, and back. What it has written once it must
 * be able to read for as long as the store keeps it, also in later versions of the program.
 *
 * <p>The bytes come from outside, so a codec makes nothing but what it knows: it must not load
 * classes by names that it finds, and must not use Java's serialization.
 *
 * <p>To be safe for use by any thread. It is called under no lock.
 */
public interface PayloadCodec {

  /**
   * {@return the name that payloads of this kind have in the store, up to 1 024 characters}
   *
   * @param payload any object
   * @throws PayloadException if the codec does not take such payloads
   */
  String typeOf(Object payload);

  /**
   * {@return a payload as bytes, in an array that nobody changes from now on}
   *
   * @param payload what {@link #typeOf} has a name for
   * @throws PayloadException if the codec does not take it
   */
  byte[] encode(Object payload);

  /**
   * {@return the payload that some bytes stand for}
   *
   * @param type its name, as {@link #typeOf} gave it
   * @param bytes what {@link #encode} gave; they are shared, and must not be changed
   * @throws PayloadException if the type is not known, or the bytes are none of it
   */
  Object decode(String type, byte[] bytes);
}
