package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A promise on an event of this system. */
final class SlotPromise<T> implements Promise<T> {
  /*
   * The value is set by CAS before the event is triggered, so whoever sees the event triggered sees
   * the value. Whoever comes second with a value triggers the event for the first before it says
   * that the promise is complete. If poison gets between value and trigger, it wins, and the value
   * is never shown.
   */
  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(SlotPromise.class, "value", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LocalEvent event;
  private volatile @Nullable T value; // set once, by CAS

  SlotPromise(LocalEvent event) {
    this.event = event;
  }

  @Override
  public Event event() {
    return event;
  }

  @Override
  public void complete(T newValue) {
    if (!tryComplete(newValue)) {
      throw new AlreadyCompletedException(
          "a promise completes once: attempt=complete event=" + event, event.status());
    }
  }

  @Override
  public boolean tryComplete(T newValue) {
    Objects.requireNonNull(newValue, "value");
    if (event.status() != EventStatus.PENDING) {
      return false;
    }
    boolean first = VALUE.compareAndSet(this, null, newValue);
    event.tryTrigger();
    return first && event.status() == EventStatus.TRIGGERED;
  }

  @Override
  public void poison(String reason) {
    event.poison(reason);
  }

  @Override
  public void poison(Throwable cause) {
    event.poison(cause);
  }

  @Override
  public T await() throws InterruptedException {
    event.await();
    return value();
  }

  @Override
  public Optional<T> await(Duration timeout) throws InterruptedException {
    return event.await(timeout) ? Optional.of(value()) : Optional.empty();
  }

  private T value() {
    T found = value;
    if (found == null) {
      throw new IllegalStateException(
          "a promise has to be completed by complete: its event was triggered without a value: "
              + event);
    }
    return found;
  }

  @Override
  public CompletionStage<T> stage() {
    var stage = new CompletableFuture<T>();
    Registration registration =
        event.whenComplete(poison -> {
          if (poison != null) {
            stage.completeExceptionally(new PoisonedException(poison));
            return;
          }
          try {
            stage.complete(value());
          } catch (IllegalStateException e) {
            stage.completeExceptionally(e);
          }
        });
    var _ = stage.whenComplete((_, _) -> registration.remove());
    return stage;
  }

  @Override
  public String toString() {
    return "promise " + event;
  }
}
