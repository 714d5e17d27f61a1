package dev.carillon.bus;

import java.time.Duration;

/** Messages that do not wait: the publisher's thread handles them. */
final class DirectInbox<T> implements Inbox<T> {
  private final Calls<T> calls;
  private volatile boolean paused;

  DirectInbox(Calls<T> calls) {
    this.calls = calls;
  }

  @Override
  public void accept(Leg<T> leg) {
    if (paused) {
      calls.drop(leg, "the subscription is paused, and direct, so nothing waits");
    } else {
      calls.handle(leg);
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
  public void whenDrained(Runnable action) {
    action.run();
  }

  @Override
  public boolean await(Duration timeout) {
    return true; // publishers are in their own hands
  }
}
