package dev.carillon.opencl;

import java.util.List;
import java.util.function.Consumer;

/** Gives several things back, all of them, also when the driver refuses some. */
final class Releases {
  private Releases() {}

  /**
   * Runs all of these.
   *
   * @throws RuntimeException what the first that failed has thrown, with what others have
   */
  static void all(Runnable... parts) {
    each(List.of(parts), Runnable::run);
  }

  /**
   * Does something with each of these.
   *
   * @throws RuntimeException what the first that failed has thrown, with what others have
   */
  static <T> void each(Iterable<T> things, Consumer<? super T> release) {
    RuntimeException first = null;
    for (T thing : things) {
      try {
        release.accept(thing);
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
