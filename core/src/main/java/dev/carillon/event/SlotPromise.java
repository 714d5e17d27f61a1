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
   * The value is claimed by CAS before the event is triggered. Whoever claims it triggers the event;
   * whoever sees the event triggered sees the value. If the event was completed by its handle in
   * between, the claimed value is never shown: the outcome is the event's.
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
          "a promise completes once: attempt=complete event=" + event, settled());
    }
  }

  /** {@return the outcome; a value claimed but not shown yet counts as triggered} */
  private EventStatus settled() {
    EventStatus status = event.status();
    return status == EventStatus.PENDING ? EventStatus.TRIGGERED : status;
  }

  @Override
  public boolean tryComplete(T newValue) {
    Objects.requireNonNull(newValue, "value");
    return event.status() == EventStatus.PENDING
        && VALUE.compareAndSet(this, null, newValue)
        && event.tryTrigger();
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
        event.whenComplete(
            poison -> {
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
