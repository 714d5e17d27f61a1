package dev.carillon.source;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Gives items to an outlet that may wait, for those who may not: on a virtual thread of its own.
 */
final class Pump<T> {
  private final LocalIntake<T> intake;
  private final ArrayBlockingQueue<Passage<T>> queue; // has room for all that may be under way

  // guarded by this
  private @Nullable Thread thread;
  private boolean ended;

  Pump(LocalIntake<T> intake, int window) {
    this.intake = intake;
    this.queue = new ArrayBlockingQueue<>(window);
  }

  void put(Passage<T> passage) {
    synchronized (this) {
      if (!ended) {
        if (thread == null) {
          thread =
              Thread.ofVirtual()
                  .name("carillon-source-" + intake.config().name() + "-outlet")
                  .start(this::run);
        }
        queue.add(passage);
        return;
      }
    }
    passage.failed(LocalIntake.stopped());
  }

  private void run() {
    try {
      while (true) {
        intake.give(queue.take());
      }
    } catch (InterruptedException e) {
      // only end() interrupts
    }
    for (Passage<T> left = queue.poll(); left != null; left = queue.poll()) {
      left.failed(LocalIntake.stopped());
    }
  }

  /** Interrupts what is being given out, and fails the rest. */
  void end() {
    Thread ending;
    synchronized (this) {
      ended = true;
      ending = thread;
    }
    if (ending != null) {
      ending.interrupt();
    }
  }

  /** {@return whether the calling thread is the one that gives out} */
  synchronized boolean isThis() {
    return Thread.currentThread().equals(thread);
  }
}
