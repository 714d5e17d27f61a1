package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A function with some of its arguments, which says later what its result is.
 *
 * <p>Immutable and safe for use by any thread, as far as the function is.
 *
 * @param <R> type of the result
 */
public sealed interface AsyncBound<R> extends Bindable<AsyncBound<R>>, Callable<CompletionStage<R>>
    permits LocalAsyncBound {

  /**
   * {@return a function of 0 arguments}
   *
   * @param function a lambda or method reference
   * @param <R> type of the result
   */
  static <R> AsyncBound<R> of(Fn0<CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 1 argument}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <R> type of the result
   */
  static <A, R> AsyncBound<R> of(Fn1<A, CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 2 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <R> type of the result
   */
  static <A, B, R> AsyncBound<R> of(Fn2<A, B, CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, R> AsyncBound<R> of(Fn3<A, B, C, CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, D, R> AsyncBound<R> of(Fn4<A, B, C, D, CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, D, E, R> AsyncBound<R> of(Fn5<A, B, C, D, E, CompletionStage<R>> function) {
    return new LocalAsyncBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * Calls it.
   *
   * @return its result, later
   * @throws BindingException if arguments are missing
   * @throws Exception if it fails at once
   */
  @Override
  CompletionStage<R> call() throws Exception;

  /**
   * Calls it with more arguments, for the first parameters that are not bound.
   *
   * @param rest the arguments
   * @return its result, later
   * @throws BindingException if they do not fit, or others are missing
   * @throws Exception if it fails at once
   */
  CompletionStage<R> callWith(@Nullable Object... rest) throws Exception;

  /**
   * Calls it. An {@link Error} that it throws at once passes through: there is no promise then.
   *
   * @param events makes the promise
   * @return its result; poisoned if it fails with an exception at once, or later, or has none
   * @throws BindingException if arguments are missing
   */
  Promise<R> start(EventSystem events);
}
