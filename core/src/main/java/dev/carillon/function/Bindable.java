package dev.carillon.function;

import java.lang.reflect.Executable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A function with some of its arguments: an immutable value. Binding an argument gives another one,
 * so that any number can be made of the same function.
 *
 * <p>Arguments are fitted when they are bound: a number is widened as the language would, and what
 * does not fit is refused at once, with all that is expected.
 *
 * @param <B> what binding gives: the same kind of value
 */
public sealed interface Bindable<B extends Bindable<B>> permits Bound, AsyncBound, Generator {

  /** {@return what it is called: as it was named, else as its method} */
  String name();

  /**
   * {@return the same under another name}
   *
   * @param newName not blank
   * @throws IllegalArgumentException if it is blank
   */
  B named(String newName);

  /** {@return what the function takes and returns, whatever is bound} */
  Signature signature();

  /** {@return the method or constructor behind it; nothing for a lambda} */
  Optional<Executable> method();

  /** {@return whether it can be called without further arguments} */
  boolean isComplete();

  /** {@return the parameters that have neither an argument nor a default} */
  List<Parameter> missing();

  /** {@return the arguments that are bound, by parameter, in order} */
  Map<String, @Nullable Object> arguments();

  /**
   * Binds an argument by the name of its parameter.
   *
   * @param parameter its name
   * @param value the argument
   * @return this function with it
   * @throws BindingException if there is no such parameter, it is bound, the value does not fit, or
   *     names are not known
   */
  B bind(String parameter, @Nullable Object value);

  /**
   * Binds an argument by position.
   *
   * @param position of the parameter among all, from 0
   * @param value the argument
   * @return this function with it
   * @throws BindingException if there is no such parameter, it is bound, or the value does not fit
   */
  B bind(int position, @Nullable Object value);

  /**
   * Binds the first parameters that are not bound. What is left over goes to a parameter that takes
   * a variable number.
   *
   * @param values the arguments, in order
   * @return this function with them
   * @throws BindingException if there are too many, or one does not fit
   */
  B bindNext(@Nullable Object... values);

  /**
   * Binds arguments by the names of their parameters: of all, or none if one is wrong.
   *
   * @param values by name
   * @return this function with that
   * @throws BindingException as {@link #bind(String, Object)}
   */
  B bindAll(Map<String, ? extends @Nullable Object> values);

  /**
   * Binds the components of a record to the parameters of the same names.
   *
   * @param bundle each component must have a parameter
   * @return this function with that
   * @throws BindingException as {@link #bind(String, Object)}
   */
  B bindRecord(Record bundle);

  /**
   * Gives a parameter a value for calls that do not.
   *
   * @param parameter its name
   * @param value the default
   * @return this function with that
   * @throws BindingException as {@link #bind(String, Object)}
   */
  B withDefault(String parameter, @Nullable Object value);
}
