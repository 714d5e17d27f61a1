package dev.carillon.bus;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for stages of any make. */
final class Stages {
  private Stages() {}

  /**
   * Waits for a stage: one that is no {@code CompletableFuture}, and need not become one, as well.
   *
   * @param timeout how long; null for ever
   * @return what the stage completed with
   * @throws Exception what the stage failed with, not wrapped; or that the time was over
   */
  static <V extends @Nullable Object> V await(
      CompletionStage<? extends V> stage, @Nullable Duration timeout) throws Exception {
    var done = new CompletableFuture<V>();
    var _ =
        stage.whenComplete((value, failure) -> {
          if (failure == null) {
            done.complete(value);
          } else {
            done.completeExceptionally(failure);
          }
        });
    try {
      return timeout == null ? done.get() : done.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }
}
