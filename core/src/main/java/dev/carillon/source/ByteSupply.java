package dev.carillon.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a stream on a thread of its own, one chunk whenever one is asked for. */
final class ByteSupply {
  /*
   * A read of a pipe or a terminal cannot be interrupted, nor ended by closing the stream. So it is
   * done by a daemon thread, and who wants the bytes waits for that thread, which can be
   * interrupted. The thread reads only while something is wanted, so it is never more than one
   * chunk ahead; if nobody wants that any longer when it comes, it is kept for who asks next. When
   * released it ends, at once or as soon as its read returns; meanwhile it is the one that reads.
   */
  private static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final String name;
  private final byte[] buffer = new byte[CHUNK]; // the thread's

  // guarded by this
  private @Nullable Thread thread;
  private boolean isWanted;
  private boolean isReleased;
  private byte @Nullable [] chunk;
  private boolean isAtEnd;
  private @Nullable IOException failure;

  ByteSupply(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /** {@return the next bytes, as soon as there are some; null at the end} */
  byte @Nullable [] next() throws IOException, InterruptedException {
    synchronized (this) {
      isReleased = false;
      if (isEmpty()) {
        isWanted = true;
        if (thread == null) {
          thread = Thread.ofPlatform().daemon().name("carillon-read-" + name).start(this::read);
        }
        notifyAll();
      }
      while (isEmpty()) {
        wait();
      }
      IOException failed = failure;
      if (failed != null) {
        failure = null;
        throw failed;
      }
      byte[] next = chunk;
      chunk = null;
      return next;
    }
  }

  private boolean isEmpty() {
    return chunk == null && !isAtEnd && failure == null;
  }

  /** Has the thread end when it does not read, until more is asked for. */
  synchronized void release() {
    isReleased = true;
    notifyAll();
  }

  private void read() {
    try {
      while (awaitWanted()) {
        int length = 0;
        IOException failed = null;
        try {
          while (length == 0) {
            length = in.read(buffer);
          }
        } catch (IOException e) {
          failed = e;
        } catch (RuntimeException | Error e) { // who waits for the bytes is to know
          failed = new IOException("reading has failed: " + e, e);
        }
        answer(length, failed);
      }
    } catch (InterruptedException e) {
      answer(0, new IOException("the thread that reads was interrupted: " + name, e));
      synchronized (this) {
        thread = null;
      }
    }
  }

  private synchronized boolean awaitWanted() throws InterruptedException {
    while (!isWanted && !isReleased && !isAtEnd) {
      wait();
    }
    if (!isWanted) {
      thread = null; // in one step with the look, so that who wants more now starts another
    }
    return isWanted;
  }

  private synchronized void answer(int length, @Nullable IOException failed) {
    isWanted = false;
    failure = failed;
    isAtEnd = failed == null && length < 0;
    chunk = length > 0 ? Arrays.copyOf(buffer, length) : null;
    notifyAll();
  }
}
