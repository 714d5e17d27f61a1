package dev.carillon.device;

import org.jspecify.annotations.Nullable;

/**
 * An event that was recorded on the same stream before another, whose failure is that one's too.
 *
 * @param event the event
 */
record Earlier(Occurrence event) implements Upstream {

  @Override
  public boolean isFinished() {
    return event.isFinished();
  }

  @Override
  public @Nullable Throwable failure() {
    return event.failure();
  }

  @Override
  public String describe() {
    return event.describe();
  }

  @Override
  public @Nullable Waited before() {
    return event.before();
  }

  @Override
  public Throwable ofLater(Throwable failure) {
    return failure; // it has happened once, to the stream
  }

  @Override
  public boolean poll() {
    return event.poll();
  }
}
