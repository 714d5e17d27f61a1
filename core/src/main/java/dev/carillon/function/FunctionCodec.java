package dev.carillon.function;

import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.util.function.UnaryOperator;

/**
 * Turns functions with their arguments into bytes and back, in another process say. What is sent is
 * a name and values, never code: both sides have the code.
 *
 * {@snippet :
 * Functions functions = Functions.open("jobs");            // on both sides
 * functions.register(Bound.of(Reports::make));
 * Codec codec = BinaryCodec.of(c -> c.register("order", Order.class));
 * FunctionCodec sender = FunctionCodec.open(functions, codec);
 * byte[] bytes = sender.encode(Bound.of(Reports::make).bind("orders", orders));
 *
 * Bound<Report> report = receiver.decode(bytes, Report.class);
 * report.call();
 * }
 *
 * <p>There are two kinds. A function that is <em>registered</em> under its name, on both sides,
 * travels as that name and the arguments that the registered one does not have. The receiver's may
 * be of another build: its parameters are matched by name, and what it has bound itself cannot be
 * bound by who sends. A <em>lambda or method reference</em> that is not registered travels as what
 * it captured, if the class that it is written in is marked as {@link Sendable}, and goes only to a
 * process that {@linkplain FunctionCodecConfig#allow allows} the class and has the same build of
 * it. Builds are the same if the class files are, of the class and its nest mates, and of the class
 * that a method reference leads to; other classes that are called are not compared.
 *
 * <p>All arguments are written by the codec at once, so that what they share stays shared. They may
 * be functions too, and {@link Quiescent} objects, which are brought to rest meanwhile: as
 * arguments, captured, or in lists, values of maps, optionals and arrays of {@code Object}, which
 * then arrive as the JDK's mutable ones; or anywhere, if the codec writes their class as another
 * one. What else runs or belongs to this process, such as threads, sockets, streams, locks and this
 * library's own systems, is refused with the path to it. Objects are looked into by their fields,
 * transient ones left out, as far as modules let us.
 *
 * <p>Immutable and safe for use by any thread.
 */
public sealed interface FunctionCodec permits LocalFunctionCodec {

  /**
   * {@return a codec with the default settings}
   *
   * @param functions those that can be sent and received by name
   * @param codec writes and reads the arguments
   */
  static FunctionCodec open(Functions functions, Codec codec) {
    return open(functions, codec, config -> config);
  }

  /**
   * {@return a codec}
   *
   * @param functions those that can be sent and received by name
   * @param codec writes and reads the arguments
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range, or an allowed class in a
   *     package that is not open to this module
   */
  static FunctionCodec open(
      Functions functions, Codec codec, UnaryOperator<FunctionCodecConfig> configure) {
    return new LocalFunctionCodec(functions, codec, configure.apply(FunctionCodecConfig.DEFAULT));
  }

  /** {@return its settings} */
  FunctionCodecConfig config();

  /**
   * {@return the same function, which takes only what can be sent: arguments and defaults are
   * looked at when they are bound, now and later} An argument given to a call is not, as it stays
   * here.
   *
   * @param function registered under its name, or written in a class that is marked
   * @param <B> form of the function
   * @throws BindingException if it is neither, or something in it cannot be sent: says where
   */
  <B extends Bindable<B>> B sendable(B function);

  /**
   * {@return a function with its arguments as bytes} Values must not change meanwhile, apart from
   * what {@link Quiescent} objects do until they rest. These have all resumed on return, also when
   * this fails.
   *
   * @param function registered under its name, or written in a class that is marked
   * @throws CodingException if it is neither, something in it cannot be sent or is beyond a limit,
   *     or does not come to rest; or if the thread is interrupted while it waits for that
   * @throws RegistryException if the caller is outside of the registry's roots
   */
  byte[] encode(Bindable<?> function);

  /**
   * {@return the function that some bytes stand for} It is the registered one, so its calls are
   * counted. Restored objects have resumed on return. If this fails they were never told to; or, if
   * one of them could not resume, those that had are brought to rest again.
   *
   * @param bytes what {@link #encode} gave, here or elsewhere
   * @throws CodingException if the bytes are none of this format, the function is not registered or
   *     allowed, of another form, build or signature, or a value is refused by the codec
   * @throws RegistryException if the caller is outside of the registry's roots
   */
  Bindable<?> decode(byte[] bytes);

  /**
   * {@return the function that some bytes stand for}
   *
   * @param bytes what {@link #encode} gave, here or elsewhere
   * @param result type of the result
   * @param <R> type of the result
   * @throws CodingException as {@link #decode(byte[])}, or if the function is of another form or
   *     returns another type
   * @throws RegistryException if the caller is outside of the registry's roots
   */
  <R> Bound<R> decode(byte[] bytes, Class<R> result);
}
