package dev.carillon.function;

import dev.carillon.event.AlreadyCompletedException;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A bound function that returns its result. */
final class LocalBound<R> extends LocalBindable<Bound<R>> implements Bound<R> {
  LocalBound(Binding binding) {
    super(binding);
  }

  /** {@return what to call something that has no name of its own} */
  static String nameOf(Object callable) {
    Class<?> type = callable.getClass();
    return type.isHidden() || type.isAnonymousClass() ? "callable" : type.getSimpleName();
  }

  @Override
  @SuppressWarnings({
    "unchecked",
    "NullAway"
  }) // of() has R from the function, which may return null
  public R call() throws Exception {
    return (R) binding.call();
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"})
  public R call(@Nullable Object argument) throws Exception {
    return (R) binding.call(argument);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"})
  public R callWith(@Nullable Object... rest) throws Exception {
    return (R) binding.callWith(rest);
  }

  @Override
  public Promise<R> callAsync(EventSystem events, Executor executor) {
    if (!isComplete()) {
      throw binding.arguments().incomplete();
    }
    Promise<R> promise = events.promise(name());
    try {
      executor.execute(() -> complete(promise));
    } catch (RuntimeException e) { // it takes nothing more
      fail(() -> promise.poison(e));
    }
    return promise;
  }

  private void complete(Promise<R> promise) {
    R result;
    try {
      result = call();
    } catch (Throwable e) {
      fail(() -> promise.poison(e));
      if (e instanceof Error error) {
        throw error;
      }
      return;
    }
    if (result == null) {
      fail(() -> promise.poison("the function has no result: " + this));
    } else {
      var _ = promise.tryComplete(result); // who has the promise may have completed it
    }
  }

  /** Poisons a promise, unless who has it gave it a value meanwhile. */
  private static void fail(Runnable poison) {
    try {
      poison.run();
    } catch (AlreadyCompletedException _) {
      // nobody waits for it
    }
  }

  @Override
  Bound<R> make(Binding other) {
    return new LocalBound<>(other);
  }
}
