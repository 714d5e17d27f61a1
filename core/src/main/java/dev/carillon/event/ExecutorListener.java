package dev.carillon.event;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A listener that runs on an executor; on the completing thread if the executor refuses. */
record ExecutorListener(Cascade cascade, Executor executor, CompletionListener listener)
    implements CompletionListener {
  private static final System.Logger LOG = System.getLogger("dev.carillon.event");

  ExecutorListener {
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(listener, "listener");
  }

  @Override
  public void completed(@Nullable Poison poison) {
    try {
      executor.execute(() -> cascade.listen(listener, poison));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "an executor refused a listener; running it here", e);
      cascade.listen(listener, poison);
    }
  }

  @Override
  public @Nullable EventHandle completes() {
    return listener.completes();
  }

  @Override
  public String toString() {
    return listener + " on " + executor;
  }
}
