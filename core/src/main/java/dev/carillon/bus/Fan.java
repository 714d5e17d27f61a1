package dev.carillon.bus;

import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.TaskOptions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What the turn of a lane does with a message: handles it, or hands it on to others. */
abstract sealed class Fan<T> {

  /** {@return what the options ask for} */
  static <T> Fan<T> of(LocalSubscription<T> subscription, Scheduler scheduler) {
    SubscriptionOptions<T> options = subscription.options();
    Executor executor = options.executor();
    if (options.concurrency() == 1 && options.key() == null) {
      return executor == null ? new Here<>(subscription) : new Elsewhere<>(subscription, executor);
    }
    return new Tasks<>(subscription, scheduler);
  }

  final LocalSubscription<T> subscription;

  Fan(LocalSubscription<T> subscription) {
    this.subscription = subscription;
  }

  /** {@return whether the handler runs on the lane's own thread} */
  abstract boolean handlesHere();

  /** {@return whether a message is handled when {@link #handle} returns} */
  boolean handlesInTurn() {
    return true;
  }

  /** Handles a message, or sees to it that it is. May block. */
  abstract void handle(Leg<T> leg);

  /** {@return whether all that was handed on is handled within a time} */
  abstract boolean await(Duration timeout) throws InterruptedException;

  /** One message after another, on the lane's thread. */
  private static final class Here<T> extends Fan<T> {
    Here(LocalSubscription<T> subscription) {
      super(subscription);
    }

    @Override
    boolean handlesHere() {
      return true;
    }

    @Override
    void handle(Leg<T> leg) {
      subscription.handle(leg);
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
    void handle(Leg<T> leg) {
      var task = new FutureTask<>(() -> subscription.handle(leg), leg);
      try {
        executor.execute(task);
        task.get();
      } catch (RejectedExecutionException e) {
        subscription.refuse(leg, "the executor refused: " + e.getMessage(), true);
      } catch (InterruptedException e) { // the lane's time for it is over
        task.cancel(true);
      } catch (ExecutionException e) {
        throw new IllegalStateException("handling settles whatever fails", e);
      }
    }

    @Override
    boolean await(Duration timeout) {
      return true;
    }
  }

  /** So many messages at once, as tasks of the scheduler; those with one key in turn. */
  private static final class Tasks<T> extends Fan<T> {
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
    void handle(Leg<T> leg) {
      try {
        room.acquire();
      } catch (InterruptedException e) {
        subscription.refuse(leg, "interrupted while it waited for its turn", true);
        return;
      }
      boolean isSubmitted = false;
      try {
        submit(leg);
        isSubmitted = true;
      } catch (RuntimeException e) { // the key is the user's, the scheduler may be closed
        subscription.fail(leg, e);
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
      TaskOptions keyed = key == null ? task : task.key(keyOf(key, leg));
      scheduler
          .submit(keyed, () -> subscription.handle(leg))
          .whenComplete(poison -> {
            room.release();
            Duration limit = subscription.options().timeout();
            if (poison != null && limit != null) {
              subscription.timeOut(leg, limit);
            } else if (poison != null) {
              subscription.drop(leg, poison.message());
            }
          });
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
