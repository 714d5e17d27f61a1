package dev.carillon.flow;

import java.util.Optional;

/** What guards and loops see. */
final class LocalView implements View {
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
}
