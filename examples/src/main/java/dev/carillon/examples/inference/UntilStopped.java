package dev.carillon.examples.inference;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The time until the JVM is told to end, by Ctrl-C say. */
final class UntilStopped implements AutoCloseable {
  /*
   * The JVM ends when its hooks have run. The one of this lets the thread go on that waits here, and
   * then waits in turn until that thread has closed what it had opened, and this last.
   */
  private static final long SECONDS_TO_CLOSE = 15;

  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Waits until the JVM is told to end. */
  void await() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
    told.await();
  }

  private void end() {
    told.countDown();
    try {
      if (!closed.await(SECONDS_TO_CLOSE, TimeUnit.SECONDS)) {
        System.err.println("not all was closed within %d s".formatted(SECONDS_TO_CLOSE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the JVM end, if it is waiting for that. */
  @Override
  public void close() {
    closed.countDown();
  }
}
