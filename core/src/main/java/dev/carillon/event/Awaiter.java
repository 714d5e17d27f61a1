package dev.carillon.event;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stage that completes with an event, and leaves it when completed by anybody else. */
final class Awaiter extends CompletableFuture<Void> implements CompletionListener {
  private final EventCore core;
  private final long event;
  private volatile long registration;

  private Awaiter(EventCore core, long event) {
    this.core = core;
    this.event = event;
  }

  static Awaiter of(EventCore core, long event) {
    var stage = new Awaiter(core, event);
    stage.registration = core.listen(event, stage);
    return stage;
  }

  @Override
  @SuppressWarnings("NullAway") // Void has no other value
  public void completed(@Nullable Poison poison) {
    if (poison == null) {
      super.complete(null);
    } else {
      super.completeExceptionally(new PoisonedException(poison));
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    detach();
    return super.cancel(mayInterruptIfRunning);
  }

  @Override
  @SuppressWarnings("NullAway") // Void has no other value
  public boolean complete(Void value) {
    detach();
    return super.complete(null);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    detach();
    return super.completeExceptionally(cause);
  }

  private void detach() {
    core.remove(event, registration);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  @Override
  public String toString() {
    return "stage with " + getNumberOfDependents() + " dependents";
  }
}
