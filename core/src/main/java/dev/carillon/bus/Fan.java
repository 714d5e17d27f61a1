package dev.carillon.bus;

import dev.carillon.event.Poison;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.schedule.TaskTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** What the turn of a lane does with a message: handles it, or hands it on to others. */
abstract sealed class Fan<T> {

  /** {@return what the options ask for} */
  static <T> Fan<T> of(LocalSubscription<T> subscription, Scheduler scheduler) {
    SubscriptionOptions<T> options = subscription.options();
    Executor executor = options.executor();
    if (options.concurrency() == 1 && options.key() == null) {
      return executor == null
          ? new InTurn<>(subscription)
          : new Elsewhere<>(subscription, executor);
    }
    return new Tasks<>(subscription, scheduler);
  }

  final LocalSubscription<T> subscription;
  final Calls<T> calls;

  Fan(LocalSubscription<T> subscription) {
    this.subscription = subscription;
    this.calls = subscription.calls();
  }

  /** {@return whether the handler runs on the lane's own thread} */
  abstract boolean handlesHere();

  /** {@return whether a message is handled when {@link #handle} returns} */
  boolean handlesInTurn() {
    return true;
  }

  /** Handles a batch, or sees to it that it is. May block. */
  abstract void handle(List<Leg<T>> batch);

  /** Handles a batch on the calling thread. */
  final void handleHere(List<Leg<T>> batch) {
    if (subscription.options().batchCount() > 0) {
      calls.handleBatch(batch);
    } else {
      batch.forEach(calls::handle);
    }
  }

  /** {@return whether all that was handed on is handled by now} */
  boolean isIdle() {
    return true;
  }

  /** {@return whether all that was handed on is handled within a time} */
  abstract boolean await(Duration timeout) throws InterruptedException;

  /** The executor has not begun with a batch, and will not: the thread was interrupted. */
  void notBegun(List<Leg<T>> batch) {}

  /**
   * Handles a batch on an executor, and waits until that is done.
   *
   * @throws InterruptedException if the thread is interrupted first; so is the handler
   */
  final void handleOn(Executor executor, List<Leg<T>> batch) throws InterruptedException {
    var begun = new AtomicBoolean();
    var task =
        new FutureTask<>(
            () -> {
              if (begun.compareAndSet(false, true)) {
                handleHere(batch);
              }
            },
            batch);
    try {
      executor.execute(task);
    } catch (RuntimeException | Error e) { // mostly that it was rejected; or no thread can be made
      batch.forEach(leg -> calls.refuse(leg, "the executor refused: " + e.getMessage(), true));
      return;
    }
    try {
      task.get();
    } catch (InterruptedException e) {
      task.cancel(true);
      if (begun.compareAndSet(false, true)) {
        notBegun(batch);
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("handling settles whatever fails", e);
    }
  }

  /** One message after another, on the lane's thread. */
  private static final class InTurn<T> extends Fan<T> {
    InTurn(LocalSubscription<T> subscription) {
      super(subscription);
    }

    @Override
    boolean handlesHere() {
      return true;
    }

    @Override
    void handle(List<Leg<T>> batch) {
      handleHere(batch);
    }

    @Override
    boolean await(Duration timeout) {
      return true;
    }
  }

  /** One message after another, on an executor; the lane's thread, a virtual one, waits. */
  private static final class Elsewhere<T> extends Fan<T> {
    private final Executor executor;

    Elsewhere(LocalSubscription<T> subscription, Executor executor) {
      super(subscription);
      this.executor = executor;
    }

    @Override
    boolean handlesHere() {
      return false;
    }

    @Override
    void notBegun(List<Leg<T>> batch) {
      batch.forEach(leg -> calls.drop(leg, "interrupted while it waited for the executor"));
    }

    @Override
    void handle(List<Leg<T>> batch) {
      try {
        handleOn(executor, batch);
      } catch (InterruptedException e) { // the lane goes on, unless its scheduler closes
        return;
      }
    }

    @Override
    boolean await(Duration timeout) {
      return true;
    }
  }

  /** So many messages at once, as tasks of the scheduler; those with one key in turn. */
  private static final class Tasks<T> extends Fan<T> {
    /** A key of one subscription, as tasks of others may have an equal one. */
    private record Key(LocalSubscription<?> subscription, Object key) {}

    private final Scheduler scheduler;
    private final TaskOptions task;
    private final Semaphore room;

    Tasks(LocalSubscription<T> subscription, Scheduler scheduler) {
      super(subscription);
      SubscriptionOptions<T> options = subscription.options();
      this.scheduler = scheduler;
      this.room = new Semaphore(options.concurrency());
      TaskOptions each =
          TaskOptions.DEFAULT
              .named(subscription.name())
              .band(options.band())
              .on(options.executor() == null ? options.placement() : Placement.BLOCKING);
      Duration deadline = options.deadline();
      each = deadline == null ? each : each.deadline(deadline);
      Duration timeout = options.timeout();
      this.task = timeout == null ? each : each.attemptTimeout(timeout);
    }

    @Override
    boolean handlesHere() {
      return false;
    }

    @Override
    void handle(List<Leg<T>> batch) {
      batch.forEach(this::handle);
    }

    private void handle(Leg<T> leg) {
      try {
        room.acquire();
      } catch (InterruptedException e) {
        calls.refuse(leg, "interrupted while it waited for its turn", true);
        return;
      }
      boolean isSubmitted = false;
      try {
        submit(leg);
        isSubmitted = true;
      } catch (RuntimeException | Error e) { // the key is the user's, the scheduler may be closed
        calls.fail(leg, e);
      } finally {
        if (!isSubmitted) {
          room.release();
        }
      }
    }

    @Override
    boolean handlesInTurn() {
      return false;
    }

    private void submit(Leg<T> leg) {
      Function<? super Message<T>, ?> key = subscription.options().key();
      TaskOptions keyed = key == null ? task : task.key(new Key(subscription, keyOf(key, leg)));
      scheduler
          .submit(keyed, () -> run(leg))
          .whenComplete(poison -> {
            room.release();
            if (poison != null) {
              settle(leg, poison);
            }
          });
    }

    private void run(Leg<T> leg) throws InterruptedException {
      Executor executor = subscription.options().executor();
      if (executor == null) {
        calls.handle(leg);
      } else {
        handleOn(executor, List.of(leg));
      }
    }

    private void settle(Leg<T> leg, Poison poison) {
      Duration limit = subscription.options().timeout();
      boolean isLate =
          poison
              .cause()
              .map(cause -> cause.className().equals(TaskTimeoutException.class.getName()))
              .orElse(false);
      if (isLate && limit != null) {
        calls.abandon(List.of(leg), limit);
      } else {
        calls.drop(leg, poison.message());
      }
    }

    private Object keyOf(Function<? super Message<T>, ?> key, Leg<T> leg) {
      Object found = key.apply(leg.message);
      if (found == null) {
        throw new IllegalArgumentException(
            "a message must have a key to be ordered by: subscription=\"%s\", id=%s"
                .formatted(subscription.name(), leg.message.id()));
      }
      return found;
    }

    @Override
    boolean isIdle() {
      return room.availablePermits() == subscription.options().concurrency();
    }

    @Override
    boolean await(Duration timeout) throws InterruptedException {
      int all = subscription.options().concurrency();
      if (!room.tryAcquire(all, Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS)) {
        return false;
      }
      room.release(all);
      return true;
    }
  }
}
