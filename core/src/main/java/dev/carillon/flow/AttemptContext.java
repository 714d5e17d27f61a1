package dev.carillon.flow;

import java.util.Optional;
import java.util.function.Predicate;

/** What one attempt can ask and say. */
final class AttemptContext implements PartContext {
  @Override
  public long iteration() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T read(Key<T> key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Optional<T> peek(Out<T> part) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String part() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String run() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int attempt() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String idempotencyKey() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> void write(Key<T> key, T value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Outcome<T> outcome(Out<T> part) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Optional<T> ask(Out<?> parent, Class<T> type, Predicate<? super T> matches) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isCancelled() {
    throw new UnsupportedOperationException();
  }
}
