package dev.carillon.build;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The threads of a test. Closing waits until all have ended; what any of them threw, and a thread
 * that does not end, fail the test.
 */
public final class Workers implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** What a thread does. */
  @FunctionalInterface
  public interface Task {
    /** Runs on the thread; what it throws fails the test. */
    void run() throws Exception;
  }

  /** The kinds of threads that the JVM has. */
  public enum Kind {
    /** Scheduled by the operating system. */
    PLATFORM {
      @Override
      Thread.Builder builder() {
        return Thread.ofPlatform().daemon();
      }
    },
    /** Scheduled by the JVM. */
    VIRTUAL {
      @Override
      Thread.Builder builder() {
        return Thread.ofVirtual();
      }
    };

    abstract Thread.Builder builder();
  }

  /** Starts a platform thread. */
  public Thread start(Task task) {
    return start(Kind.PLATFORM, "worker", task);
  }

  /** Starts a thread. */
  public synchronized Thread start(Kind kind, String name, Task task) {
    Thread thread = kind.builder().name(name).start(() -> run(task));
    threads.add(thread);
    return thread;
  }

  private void run(Task task) {
    try {
      task.run();
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  /** Waits until all threads have ended, and fails if one of them did or will not end. */
  public void join() {
    long deadline = System.nanoTime() + Patience.LONG.toNanos();
    for (Thread thread : started()) {
      try {
        if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
          AssertionError hangs = new AssertionError("did not end: " + thread);
          hangs.setStackTrace(thread.getStackTrace());
          failures.add(hangs);
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + thread, e);
      }
    }
    fail();
  }

  private synchronized List<Thread> started() {
    return List.copyOf(threads);
  }

  private void fail() {
    Throwable first = failures.poll();
    if (first != null) {
      AssertionError error = new AssertionError("a thread of the test failed: " + first, first);
      failures.forEach(error::addSuppressed);
      failures.clear();
      throw error;
    }
  }

  @Override
  public void close() {
    join();
  }
}
