package dev.carillon.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An encoded key, equal by content. */
final class Bytes {
  final byte[] array;
  private final int hash;

  Bytes(byte[] array) {
    this.array = array;
    this.hash = Arrays.hashCode(array);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes bytes && Arrays.equals(bytes.array, array);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
