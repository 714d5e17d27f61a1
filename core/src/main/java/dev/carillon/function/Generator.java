package dev.carillon.function;

import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A function with some of its arguments, which gives any number of results, each when it is asked
 * for.
 *
 * <p>Immutable and safe for use by any thread, as far as the function is; each stream is for one
 * thread, and is to be closed if the function's is.
 *
 * @param <R> type of the results
 */
public sealed interface Generator<R> extends Bindable<Generator<R>>, Callable<Stream<R>>
    permits LocalGenerator {

  /**
   * {@return a function of 0 arguments}
   *
   * @param function a lambda or method reference
   * @param <R> type of the result
   */
  static <R> Generator<R> of(Fn0<Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 1 argument}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <R> type of the result
   */
  static <A, R> Generator<R> of(Fn1<A, Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 2 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <R> type of the result
   */
  static <A, B, R> Generator<R> of(Fn2<A, B, Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 3 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <C> type of argument 3
   * @param <R> type of the result
   */
  static <A, B, C, R> Generator<R> of(Fn3<A, B, C, Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 4 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <C> type of argument 3
   * @param <D> type of argument 4
   * @param <R> type of the result
   */
  static <A, B, C, D, R> Generator<R> of(Fn4<A, B, C, D, Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 5 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <C> type of argument 3
   * @param <D> type of argument 4
   * @param <E> type of argument 5
   * @param <R> type of the result
   */
  static <A, B, C, D, E, R> Generator<R> of(Fn5<A, B, C, D, E, Stream<R>> function) {
    return new LocalGenerator<>(Binding.of(Targets.of(function)));
  }

  /**
   * Calls it.
   *
   * @return its results
   * @throws BindingException if arguments are missing
   * @throws Exception if it fails at once
   */
  @Override
  Stream<R> call() throws Exception;

  /**
   * Calls it with more arguments, for the first parameters that are not bound.
   *
   * @param rest the arguments
   * @return its results
   * @throws BindingException if they do not fit, or others are missing
   * @throws Exception if it fails at once
   */
  Stream<R> callWith(@Nullable Object... rest) throws Exception;
}
