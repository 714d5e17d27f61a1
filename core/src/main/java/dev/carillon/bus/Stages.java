package dev.carillon.bus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Waits for stages of any make. */
final class Stages {
  private Stages() {}

  /**
   * Waits for a stage: one that is no {@code CompletableFuture}, and need not become one, as well.
   *
   * @throws Exception what the stage failed with, not wrapped
   */
  static void await(CompletionStage<?> stage) throws Exception {
    var done = new CompletableFuture<Object>();
    var _ =
        stage.whenComplete((value, failure) -> {
          if (failure == null) {
            done.complete(value);
          } else {
            done.completeExceptionally(failure);
          }
        });
    try {
      done.get();
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
