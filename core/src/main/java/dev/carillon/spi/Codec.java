package dev.carillon.spi;

/**
 * Turns values into bytes and back: arguments and results of functions that travel to another
 * process, and whatever else has to outlive the memory of this one.
 *
 * <p>A codec makes nothing but what was registered with it, by the names that it was registered
 * under: it never loads a class by a name that it finds in the bytes, and never writes code. A
 * value is not null, but what it has inside may be.
 *
 * <p>The bytes come from outside. Whatever they are, {@link #decode} gives a value or a {@link
 * CodingException} within its {@linkplain #limits limits}, checked before memory is taken, and
 * never anything else. What a value is made by, such as the constructor of a record, is the
 * program's own code, whose exceptions become the cause of a {@link CodingException}; an {@link
 * Error} passes through.
 *
 * <p>To be safe for use by any thread. It is called under no lock.
 */
public interface Codec {

  /**
   * {@return what the format is called, with the version that is written, as in {@code carillon/1}}
   * 1 to 64 characters; who reads bytes of another format need not be able to tell.
   */
  String format();

  /** {@return the bounds that hold for each value, as it is written and as it is read} */
  CodecLimits limits();

  /**
   * {@return the name that values of this kind have in the format, 1 to 200 characters}
   *
   * @param value any object
   * @throws CodingException if no such value was registered; the value's parts are not looked at
   */
  String typeOf(Object value);

  /**
   * {@return a value as bytes, in an array that is the caller's}
   *
   * @param value what to write; it must not change meanwhile
   * @throws CodingException if the value, or a part of it, has a class that was not registered, or
   *     it is beyond the limits
   */
  byte[] encode(Object value);

  /**
   * {@return the value that some bytes stand for}
   *
   * @param bytes what {@link #encode} gave, here or elsewhere; neither changed nor kept
   * @param type what the value has to be; {@code Object.class} for any that was registered
   * @param <T> its type
   * @throws CodingException if the bytes are no value of this format, name a type that was not
   *     registered, are beyond the limits, or the value is of another type
   */
  <T> T decode(byte[] bytes, Class<T> type);
}
