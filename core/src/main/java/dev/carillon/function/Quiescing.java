package dev.carillon.function;

import dev.carillon.spi.CodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Brings running objects to rest while they are written. For one thread. */
final class Quiescing implements AutoCloseable {
  /*
   * Each object has a virtual thread that calls quiesce, so all are told at once, one that waits for
   * another does not stop it, and the caller waits no longer than the deadline. After quiesce each
   * is resumed exactly once: by close(), or, when its quiesce ends after close(), by its own thread.
   * Who of the two does it is decided under the lock of its Rest, where nothing of the user's runs.
   */
  private final List<Rest> rests = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>(); // of each
  private final CountDownLatch pending;

  /** An object to bring to rest. */
  record Part(Quiescent<?> object, Class<?> snapshot, ValuePath path) {}

  private static final class Rest {
    final Part part;

    // guarded by this
    private @Nullable Object snapshot;
    private @Nullable Throwable failure;
    private boolean isDone;
    private boolean isClosed;

    Rest(Part part) {
      this.part = part;
    }

    /** {@return whether close() has left resuming to who calls this} */
    synchronized boolean end(@Nullable Object result, @Nullable Throwable thrown) {
      snapshot = result;
      failure = thrown;
      isDone = true;
      return isClosed;
    }

    /**
     * {@return whether resuming is left to who calls this} If not, the thread that does it is
     * interrupted, for its quiesce only: this is over before {@link #end}.
     */
    synchronized boolean close(Thread quiescing) {
      isClosed = true;
      if (!isDone) {
        quiescing.interrupt();
      }
      return isDone;
    }

    synchronized boolean isDone() {
      return isDone;
    }

    synchronized Object snapshot() {
      if (failure != null) {
        throw new CodingException(
            "a running object could not come to rest: " + failure, part.path.toString(), failure);
      }
      if (!part.snapshot.isInstance(snapshot)) {
        throw new CodingException(
            "a running object must give a %s when it rests: snapshot=%s"
                .formatted(part.snapshot.getTypeName(), snapshot),
            part.path.toString(),
            null);
      }
      return snapshot;
    }
  }

  Quiescing(List<Part> parts) {
    pending = new CountDownLatch(parts.size());
    parts.forEach(part -> rests.add(new Rest(part)));
  }

  private static void quiesce(Rest rest, Duration within, CountDownLatch pending) {
    Object snapshot = null;
    Throwable failure = null;
    try {
      snapshot = rest.part.object.quiesce(within);
    } catch (Throwable e) { // told to who waits
      failure = e;
    }
    boolean isLate = rest.end(snapshot, failure);
    pending.countDown();
    if (isLate) {
      var _ = Thread.interrupted(); // meant for quiesce, not for what waits in resume
      rest.part.object.resume();
    }
  }

  /**
   * Tells all to come to rest: {@return what they gave, in their order}
   *
   * @throws CodingException if one fails, or the time is over, or this thread is interrupted
   */
  List<Object> await(Duration within) {
    for (Rest rest : rests) {
      threads.add(
          Thread.ofVirtual()
              .name("quiesce " + rest.part.path)
              .start(() -> quiesce(rest, within, pending)));
    }
    boolean isInTime;
    try {
      isInTime = pending.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CodingException("interrupted while running objects come to rest", "", e);
    }
    var snapshots = new ArrayList<Object>();
    for (Rest rest : rests) {
      if (!isInTime && !rest.isDone()) {
        throw new CodingException(
            "a running object must come to rest within %s: class=%s"
                .formatted(within, rest.part.object.getClass().getTypeName()),
            rest.part.path.toString(),
            null);
      }
      snapshots.add(rest.snapshot());
    }
    return snapshots;
  }

  /**
   * Resumes all that rest, and has the others resume once their quiesce ends.
   *
   * @throws CodingException if one fails; the others are resumed all the same
   */
  @Override
  public void close() {
    CodingException failed = null;
    for (int i = 0; i < threads.size(); i++) {
      Rest rest = rests.get(i);
      if (!rest.close(threads.get(i))) {
        continue;
      }
      try {
        rest.part.object.resume();
      } catch (RuntimeException | Error e) { // the others are to run on
        var failure =
            new CodingException(
                "a running object could not resume: " + e, rest.part.path.toString(), e);
        if (failed == null) {
          failed = failure;
        } else {
          failed.addSuppressed(failure);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
