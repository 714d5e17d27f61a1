package dev.carillon.function;

import java.lang.reflect.Executable;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Functions by name: any number of them for the same method, found by their names and by the method
 * behind them, and counted when they are called.
 *
 * {@snippet :
 * Functions functions = Functions.open("jobs");
 * functions.register(Bound.of(Reports::make).bind("year", 2026).named("this-year"));
 * functions.register(Bound.of(Reports::make).bind("year", 2025).named("last-year"));
 * Report report = functions.require("this-year", Report.class).call("draft");
 * functions.stats("this-year").calls(); // 1
 * }
 *
 * <p>Safe for use by any thread.
 */
public sealed interface Functions permits LocalFunctions {

  /**
   * {@return functions with the default settings, seen from {@link Scope#GLOBAL}}
   *
   * @param name what the registry is called
   */
  static Functions open(String name) {
    return open(name, config -> config);
  }

  /**
   * {@return functions, seen from {@link Scope#GLOBAL}}
   *
   * @param name what the registry is called
   * @param configure changes the default settings of a registry
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static Functions open(String name, UnaryOperator<RegistryConfig> configure) {
    return LocalFunctions.open(name, configure);
  }

  /** {@return from where they are seen} */
  Scope scope();

  /**
   * {@return the same functions, seen from another scope}
   *
   * @param other which
   * @throws RegistryException if the caller is outside of the roots
   */
  Functions at(Scope other);

  /**
   * Registers a function under its name.
   *
   * @param function what to register
   * @param <B> form of the function
   * @return the same function, whose calls are counted, under the name that it has now; with {@link
   *     Duplicates#KEEP} one that is not that of the registry, and not counted there
   * @throws RegistryException if the registry refuses it
   */
  <B extends Bindable<B>> B register(B function);

  /**
   * Registers a function under a name, and calls it.
   *
   * @param name its name
   * @param function what to register; it stays registered if the call fails
   * @param <R> type of the result
   * @return the result
   * @throws RegistryException if the registry refuses it
   * @throws BindingException if arguments are missing; then it is not registered
   * @throws Exception if the function fails
   */
  <R> R registerAndCall(String name, Bound<R> function) throws Exception;

  /**
   * {@return the same function, which registers itself under its name, with the arguments it has
   * now, when it, or anything made of it by binding, is first called} If the same function, bound
   * alike, is registered under that name by then, its calls are counted there; with {@link
   * Duplicates#NUMBER} also if it is under one of the numbers behind that name, up to the first
   * that is free. If the registry refuses it, that call fails, and the next tries again.
   *
   * <p>A function is the same if it is the same object, or has the same form and stands for the
   * same method, lambda or method reference, which captured nothing. It is bound alike if the
   * arguments are equal.
   *
   * @param function what to register
   * @param <B> form of the function
   * @throws RegistryException if the caller is outside of the roots; who calls it first may be
   */
  <B extends Bindable<B>> B onFirstCall(B function);

  /**
   * {@return the function of that name, whatever its form}
   *
   * @param name its name
   * @throws RegistryException if there is none, saying which names are like it
   */
  Bindable<?> require(String name);

  /**
   * {@return the function of that name that returns its result}
   *
   * @param name its name
   * @param result type of the result
   * @param <R> type of the result
   * @throws RegistryException if there is none, it is of another form, or returns another type
   */
  <R> Bound<R> require(String name, Class<R> result);

  /**
   * {@return all registered functions that call a method, in the order of their names}
   *
   * @param method a method or constructor
   */
  List<Bindable<?>> of(Executable method);

  /** {@return the names that are found from here, sorted} */
  List<String> names();

  /**
   * Removes a function of this scope.
   *
   * @param name its name
   * @return whether it was there
   */
  boolean remove(String name);

  /**
   * {@return how often the function of that name was called, and how that went}
   *
   * @param name its name
   * @throws RegistryException if there is none
   */
  CallStats stats(String name);
}
