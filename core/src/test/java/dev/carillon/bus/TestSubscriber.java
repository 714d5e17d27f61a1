package dev.carillon.bus;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what it is signalled, and whether two signals came at once; asks for nothing itself.
 */
final class TestSubscriber<T> implements Flow.Subscriber<T> {
  private final Consumer<? super T> onNext;
  private final Queue<T> items = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
  private final AtomicInteger completions = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean overlapped;
  private volatile Flow.@Nullable Subscription subscription;

  TestSubscriber() {
    this(item -> {});
  }

  TestSubscriber(Consumer<? super T> onNext) {
    this.onNext = onNext;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
  }

  @Override
  public void onNext(T item) {
    signal(() -> {
      items.add(item);
      onNext.accept(item);
    });
  }

  @Override
  public void onError(Throwable cause) {
    signal(() -> errors.add(cause));
  }

  @Override
  public void onComplete() {
    signal(completions::incrementAndGet);
  }

  private void signal(Runnable what) {
    if (inside.getAndIncrement() > 0) {
      overlapped = true;
    }
    try {
      what.run();
    } finally {
      inside.decrementAndGet();
    }
  }

  void request(long n) {
    subscription().request(n);
  }

  void cancel() {
    subscription().cancel();
  }

  private Flow.Subscription subscription() {
    Flow.Subscription given = subscription;
    if (given == null) {
      throw new AssertionError("it was not subscribed");
    }
    return given;
  }

  List<T> items() {
    return List.copyOf(items);
  }

  List<Throwable> errors() {
    return List.copyOf(errors);
  }

  boolean isComplete() {
    return completions.get() > 0;
  }

  /** {@return how many ends it was signalled} */
  int ends() {
    return completions.get() + errors.size();
  }

  boolean hasOverlapped() {
    return overlapped;
  }
}
