package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A bound function that says later what its result is. */
final class LocalAsyncBound<R> extends LocalBindable<AsyncBound<R>> implements AsyncBound<R> {
  LocalAsyncBound(Binding binding) {
    super(binding);
  }

  @Override
  @SuppressWarnings("unchecked") // of() has it from the function's own type
  public CompletionStage<R> call() throws Exception {
    return (CompletionStage<R>) Objects.requireNonNull(binding.call(), "no stage was returned");
  }

  @Override
  @SuppressWarnings("unchecked")
  public CompletionStage<R> callWith(@Nullable Object... rest) throws Exception {
    return (CompletionStage<R>)
        Objects.requireNonNull(binding.callWith(rest), "no stage was returned");
  }

  @Override
  public Promise<R> start(EventSystem events) {
    if (!isComplete()) {
      throw binding.arguments().incomplete();
    }
    CompletionStage<R> stage;
    try {
      stage = call();
    } catch (Exception e) {
      Promise<R> failed = events.promise(name());
      failed.poison(e);
      return failed;
    }
    return events.promise(stage);
  }

  @Override
  AsyncBound<R> make(Binding other) {
    return new LocalAsyncBound<>(other);
  }
}
