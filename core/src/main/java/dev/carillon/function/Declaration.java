package dev.carillon.function;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of a function, stated instead of found out. Generated code states those of marked
 * methods, whose names it knows without {@code -parameters}; by hand it gives names to the
 * parameters of a lambda, and any number of them.
 *
 * {@snippet :
 * Bound<Integer> area =
 *     Declaration.function(Integer.class)
 *         .parameter("width", int.class)
 *         .parameter("height", int.class, 1)
 *         .bound("area", a -> (int) a[0] * (int) a[1]);
 * area.bind("width", 6).call(); // 6
 * }
 *
 * <p>Immutable and safe for use by any thread.
 */
public sealed interface Declaration permits LocalDeclaration {

  /** What a declared function does. */
  @FunctionalInterface
  interface Body {

    /**
     * Calls it.
     *
     * @param arguments one for each parameter, fitted to its type, null if that was bound; not to
     *     be written to
     * @return the result; null if it has none
     * @throws Exception if it fails
     */
    @Nullable Object call(Object[] arguments) throws Exception;
  }

  /**
   * {@return a function that stands for no method, without parameters so far}
   *
   * @param result type of the result; {@code void.class} if it has none
   */
  static Declaration function(Class<?> result) {
    return LocalDeclaration.function(result);
  }

  /**
   * {@return a function that stands for a static method}
   *
   * @param owner its class
   * @param method its name
   * @param result type of the result; {@code void.class} if it has none
   */
  static Declaration method(Class<?> owner, String method, Class<?> result) {
    return LocalDeclaration.method(owner, method, result);
  }

  /**
   * {@return a function that stands for an instance method; its first parameter is the receiver,
   * {@code self}}
   *
   * @param owner its class
   * @param method its name
   * @param result type of the result; {@code void.class} if it has none
   */
  static Declaration instanceMethod(Class<?> owner, String method, Class<?> result) {
    return LocalDeclaration.instanceMethod(owner, method, result);
  }

  /**
   * {@return a function that stands for a constructor}
   *
   * @param owner its class
   */
  static Declaration constructor(Class<?> owner) {
    return LocalDeclaration.constructor(owner);
  }

  /**
   * {@return this with one more parameter}
   *
   * @param name what it is called
   * @param type what it takes
   * @throws IllegalArgumentException if the name is blank or there already, the type is void, or
   *     the last parameter takes a variable number of arguments
   */
  Declaration parameter(String name, Class<?> type);

  /**
   * {@return this with one more parameter, which has a default}
   *
   * @param name what it is called
   * @param type what it takes
   * @param byDefault its value for calls that give none
   * @throws IllegalArgumentException as {@link #parameter(String, Class)}
   * @throws BindingException if the default does not fit the type
   */
  Declaration parameter(String name, Class<?> type, @Nullable Object byDefault);

  /**
   * {@return this with a last parameter, which takes a variable number of arguments}
   *
   * @param name what it is called
   * @param type that of an array
   * @throws IllegalArgumentException as {@link #parameter(String, Class)}; if it is no array type
   */
  Declaration variable(String name, Class<?> type);

  /**
   * {@return the function, which returns its result}
   *
   * @param name what it is called, not blank
   * @param body what it does; its result must be of type {@code R}
   * @param <R> type of the result
   * @throws BindingException if there is no such method
   * @throws IllegalArgumentException if the name is blank
   */
  <R> Bound<R> bound(String name, Body body);

  /**
   * {@return the function, which says later what its result is}
   *
   * @param name what it is called, not blank
   * @param body what it does; it must give a stage of an {@code R}
   * @param <R> type of the result
   * @throws BindingException if there is no such method
   * @throws IllegalArgumentException if the name is blank
   */
  <R> AsyncBound<R> async(String name, Body body);

  /**
   * {@return the function, which gives any number of results}
   *
   * @param name what it is called, not blank
   * @param body what it does; it must give a stream or an iterator of {@code R}
   * @param <R> type of the results
   * @throws BindingException if there is no such method
   * @throws IllegalArgumentException if the name is blank
   */
  <R> Generator<R> generator(String name, Body body);
}
