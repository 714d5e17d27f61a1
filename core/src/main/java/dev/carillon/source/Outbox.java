package dev.carillon.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What any thread wants to have sent over one connection, for the one that writes. */
final class Outbox {
  /*
   * A stack: who sends pushes with a CAS, who writes takes all of it at once and turns it round, so
   * what one thread has pushed comes out in its order. Nothing is allocated while there is nothing
   * to send. Shutting puts a mark in the place of the stack: a push either came before it, and is
   * given to whoever shuts, or finds the mark and is told so.
   *
   * `unsent` counts the bytes from the push to their writing. They are counted before the push, so
   * that no more than the limit is ever waiting.
   */
  private static final VarHandle TOP;
  private static final VarHandle UNSENT;
  private static final Frame SHUT = new Frame(new byte[0]);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TOP = lookup.findVarHandle(Outbox.class, "top", Frame.class);
      UNSENT = lookup.findVarHandle(Outbox.class, "unsent", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Bytes to be written, and those to be written after them. */
  static final class Frame {
    final byte[] bytes;
    @Nullable Frame next;

    Frame(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private volatile @Nullable Frame top; // CAS
  private volatile int unsent; // CAS

  /** Adds a frame, if no more than so many bytes wait then. */
  SendResult push(byte[] bytes, int limit) {
    int before;
    do {
      before = unsent;
      if (before > limit - bytes.length) {
        return top == SHUT ? SendResult.CLOSED : SendResult.FULL;
      }
    } while (!UNSENT.compareAndSet(this, before, before + bytes.length));
    var frame = new Frame(bytes);
    Frame under;
    do {
      under = top;
      if (under == SHUT) {
        written(bytes.length);
        return SendResult.CLOSED;
      }
      frame.next = under;
    } while (!TOP.compareAndSet(this, under, frame));
    return SendResult.ACCEPTED;
  }

  /** {@return all frames, the oldest first; null if there are none} */
  @Nullable Frame take() {
    Frame now = top;
    if (now == null || now == SHUT) {
      return null;
    }
    while (!TOP.compareAndSet(this, now, null)) { // only the one that writes shuts it too
      now = top;
    }
    return turned(now);
  }

  /** Lets nothing more in. {@return what was inside, the oldest first} */
  @Nullable Frame shut() {
    Frame last = (Frame) TOP.getAndSet(this, SHUT);
    return last == SHUT ? null : turned(last);
  }

  private static @Nullable Frame turned(@Nullable Frame newest) {
    Frame oldest = null;
    Frame frame = newest;
    while (frame != null) {
      Frame older = frame.next;
      frame.next = oldest;
      oldest = frame;
      frame = older;
    }
    return oldest;
  }

  /** {@return whether there is something to take} */
  boolean hasFrames() {
    Frame now = top;
    return now != null && now != SHUT;
  }

  boolean isShut() {
    return top == SHUT;
  }

  /** Counts bytes that wait without having been pushed: they were to be written, and were not. */
  void left(int bytes) {
    UNSENT.getAndAdd(this, bytes);
  }

  /** Counts bytes that wait no longer. */
  void written(int bytes) {
    UNSENT.getAndAdd(this, -bytes);
  }

  /** {@return how many bytes wait} */
  int unsent() {
    return unsent;
  }
}
