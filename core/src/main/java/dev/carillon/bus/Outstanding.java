package dev.carillon.bus;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stream that were handed on and are not dealt with yet, as they can be in any
 * order. Safe for use by any thread.
 */
final class Outstanding {
  /** One of them. */
  static final class Mark {
    private final long sequence;
    private boolean isDone; // guarded by the Outstanding

    private Mark(long sequence) {
      this.sequence = sequence;
    }
  }

  private final int enough;

  // guarded by this
  private final ArrayDeque<Mark> marks = new ArrayDeque<>(); // by sequence; the first is not done
  private long done; // in a row, since somebody was told that they are enough

  /**
   * @param enough how many that are done in a row are worth being told of
   */
  Outstanding(int enough) {
    this.enough = enough;
  }

  /** Hands on a message, whose sequence is above all before. */
  synchronized Mark begin(long sequence) {
    var mark = new Mark(sequence);
    marks.addLast(mark);
    return mark;
  }

  /** The message that was handed on last was not taken. */
  synchronized void takeBack(Mark mark) {
    marks.removeLastOccurrence(mark);
  }

  /** A message is dealt with: {@return whether no other is outstanding, or enough are done} */
  synchronized boolean done(Mark mark) {
    mark.isDone = true;
    Mark first = marks.peekFirst();
    while (first != null && first.isDone) {
      marks.removeFirst();
      done++;
      first = marks.peekFirst();
    }
    boolean isTold = first == null || done >= enough;
    if (isTold) {
      done = 0;
    }
    return isTold;
  }

  /** {@return up to which sequence all that was handed on is dealt with, at most some other} */
  synchronized long upTo(long most) {
    @Nullable Mark first = marks.peekFirst();
    return first == null ? most : Math.min(most, first.sequence - 1);
  }

  synchronized boolean isEmpty() {
    return marks.isEmpty();
  }
}
