package dev.carillon.bus;

import java.time.Duration;

/** Messages that do not wait: the publisher's thread handles them. */
final class DirectInbox<T> implements Inbox<T> {
  private final LocalSubscription<T> subscription;
  private volatile boolean paused;

  DirectInbox(LocalSubscription<T> subscription) {
    this.subscription = subscription;
  }

  @Override
  public void accept(Leg<T> leg) {
    if (paused) {
      subscription.drop(leg, "the subscription is paused, and direct, so nothing waits");
    } else {
      subscription.handle(leg);
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public boolean isPaused() {
    return paused;
  }

  @Override
  public int queued() {
    return 0;
  }

  @Override
  public void close() {}

  @Override
  public boolean isDrained() {
    return true;
  }

  @Override
  public boolean await(Duration timeout) {
    return true; // publishers are in their own hands
  }
}
