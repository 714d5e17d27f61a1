package dev.carillon.function;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A bound function that gives any number of results. */
final class LocalGenerator<R> extends LocalBindable<Generator<R>> implements Generator<R> {
  LocalGenerator(Binding binding) {
    super(binding);
  }

  @Override
  @SuppressWarnings("unchecked") // of() has it from the function's own type
  public Stream<R> call() throws Exception {
    return (Stream<R>) Objects.requireNonNull(binding.call(), "no stream was returned");
  }

  @Override
  @SuppressWarnings("unchecked")
  public Stream<R> callWith(@Nullable Object... rest) throws Exception {
    return (Stream<R>) Objects.requireNonNull(binding.callWith(rest), "no stream was returned");
  }

  @Override
  Generator<R> make(Binding other) {
    return new LocalGenerator<>(other);
  }
}
