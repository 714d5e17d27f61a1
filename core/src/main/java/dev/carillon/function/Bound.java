package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Work;
import java.lang.reflect.Executable;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A function with some of its arguments, which returns its result. It is a {@link Callable} and a
 * {@link Work}, so whatever takes a callable takes a bound function.
 *
 * {@snippet :
 * Bound<Receipt> send = Bound.of(Mailer::send).bind("to", "ops@example.org");
 * Receipt receipt = send.bind("text", "all is well").call();
 * scheduler.submit(send.bind("text", "later"));
 * }
 *
 * <p>Immutable and safe for use by any thread, as far as the function is. A call of a complete one
 * makes no object.
 *
 * @param <R> type of the result
 */
public sealed interface Bound<R> extends Bindable<Bound<R>>, Callable<R>, Work permits LocalBound {

  /**
   * {@return a function of 0 arguments}
   *
   * @param function a lambda or method reference
   * @param <R> type of the result
   */
  static <R> Bound<R> of(Fn0<R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 1 argument}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <R> type of the result
   */
  static <A, R> Bound<R> of(Fn1<A, R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a function of 2 arguments}
   *
   * @param function a lambda or method reference
   * @param <A> type of argument 1
   * @param <B> type of argument 2
   * @param <R> type of the result
   */
  static <A, B, R> Bound<R> of(Fn2<A, B, R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, R> Bound<R> of(Fn3<A, B, C, R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, D, R> Bound<R> of(Fn4<A, B, C, D, R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
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
  static <A, B, C, D, E, R> Bound<R> of(Fn5<A, B, C, D, E, R> function) {
    return new LocalBound<>(Binding.of(Targets.of(function)));
  }

  /**
   * {@return a method or constructor, with all its parameters; an instance method's first one is
   * its receiver, {@code self}}
   *
   * @param method what to call
   * @param result type of the result
   * @param <R> type of the result
   * @throws BindingException if it cannot be reached, or returns another type
   */
  static <R> Bound<R> of(Executable method, Class<R> result) {
    Binding binding = Binding.of(Targets.of(method));
    if (!result.isAssignableFrom(Fitting.box(binding.signature().result()))) {
      throw binding.otherResult(result);
    }
    return new LocalBound<>(binding);
  }

  /**
   * {@return any callable as a bound function: itself if it is one}
   *
   * @param callable what to call
   * @param <R> type of the result
   */
  static <R> Bound<R> ofCallable(Callable<R> callable) {
    if (callable instanceof Bound<R> bound) {
      return bound;
    }
    Fn0<R> function = callable::call;
    return of(function).named(LocalBound.nameOf(callable));
  }

  /**
   * {@return whatever can be called as a bound function: one of any form with what is bound to it,
   * a lambda or method reference, a method, a constructor, a method handle, or an object of a
   * functional interface, such as those of {@code java.util.function}}
   *
   * <p>Where the type of the result cannot be known before, as with a {@code Function}, each call
   * that has one of another type fails with a {@link ClassCastException}.
   *
   * @param callable what to call
   * @param result type of the result; {@code Void.class} if it has none
   * @param <R> type of the result
   * @throws BindingException if it cannot be called, cannot be reached, could be called in several
   *     ways, or returns another type
   */
  static <R> Bound<R> ofAny(Object callable, Class<R> result) {
    return new LocalBound<>(Callables.of(callable, result));
  }

  /**
   * Calls it.
   *
   * @return the result; null if it has none
   * @throws BindingException if arguments are missing
   * @throws Exception if it fails
   */
  @Override
  R call() throws Exception;

  /**
   * Calls it with one more argument, for the first parameter that is not bound.
   *
   * @param argument the argument
   * @return the result; null if it has none
   * @throws BindingException if it does not fit, or other arguments are missing
   * @throws Exception if it fails
   */
  R call(@Nullable Object argument) throws Exception;

  /**
   * Calls it with more arguments, for the first parameters that are not bound.
   *
   * @param rest the arguments
   * @return the result; null if it has none
   * @throws BindingException if they do not fit, or others are missing
   * @throws Exception if it fails
   */
  R callWith(@Nullable Object... rest) throws Exception;

  /** Calls it, and lets its result go. */
  @Override
  default void run() throws Exception {
    call();
  }

  /**
   * Calls it on an executor.
   *
   * @param events makes the promise
   * @param executor calls it
   * @return the result; poisoned if it fails, has none, or the executor does not take it; left as
   *     it is if somebody completed it meanwhile
   * @throws BindingException if arguments are missing
   */
  Promise<R> callAsync(EventSystem events, Executor executor);
}
