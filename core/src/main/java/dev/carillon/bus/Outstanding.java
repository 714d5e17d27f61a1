package dev.carillon.bus;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stream that were handed on and are not dealt with yet, as they can be in any
 * order. Safe for use by any thread.
 */
final class Outstanding {
  private enum State {
    UNDER_WAY,
    DONE,
    /** It was refused, and is to be handed on again. */
    REFUSED,
    /** It is not done, and will not be by this bus. */
    LEFT
  }

  /** One of them. */
  static final class Mark {
    private final long sequence;
    private State state = State.UNDER_WAY; // guarded by the Outstanding

    private Mark(long sequence) {
      this.sequence = sequence;
    }
  }

  private final int enough;
  private final int most;

  // guarded by this
  private final ArrayDeque<Mark> marks = new ArrayDeque<>(); // by sequence; the first is not done
  private final Set<Long> doneBefore = new HashSet<>(); // sequences, of what is handed on again
  private int underWay;
  private long done; // in a row, since somebody was told that they are enough

  // written under this, read by anybody
  private volatile boolean hasRefused;

  /**
   * @param enough how many that are done in a row are worth being told of
   * @param most how many there may be, from the first that is not dealt with on
   */
  Outstanding(int enough, int most) {
    this.enough = enough;
    this.most = most;
  }

  /** {@return whether one more may be handed on} */
  synchronized boolean hasRoom() {
    return marks.size() < most;
  }

  /** Hands on a message, whose sequence is above all before. */
  synchronized Mark begin(long sequence) {
    var mark = new Mark(sequence);
    marks.addLast(mark);
    underWay++;
    return mark;
  }

  /** The message that was handed on last was not taken. */
  synchronized void takeBack(Mark mark) {
    marks.removeLastOccurrence(mark);
    underWay--;
  }

  /**
   * A message is dealt with: {@return whether none is under way, enough are done, or there is room
   * where there was none}
   */
  synchronized boolean done(Mark mark) {
    boolean wasFull = !hasRoom();
    settle(mark, State.DONE);
    Mark first = marks.peekFirst();
    while (first != null && first.state == State.DONE) {
      marks.removeFirst();
      done++;
      first = marks.peekFirst();
    }
    boolean isTold = underWay == 0 || done >= enough || (wasFull && hasRoom());
    if (isTold) {
      done = 0;
    }
    return isTold;
  }

  /** A message was refused, and is to be handed on again: {@return whether none is under way} */
  synchronized boolean refused(Mark mark) {
    settle(mark, State.REFUSED);
    hasRefused = true;
    return underWay == 0;
  }

  /** A message will not be dealt with: {@return whether none is under way} */
  synchronized boolean left(Mark mark) {
    settle(mark, State.LEFT);
    return underWay == 0;
  }

  private void settle(Mark mark, State state) {
    if (mark.state == State.UNDER_WAY) {
      underWay--;
      mark.state = state;
    }
  }

  /** {@return whether some are to be handed on again} */
  boolean hasRefused() {
    return hasRefused;
  }

  /** Forgets all, when none is under way and it is known from where to hand on again. */
  synchronized void rewind() {
    for (Mark each : marks) {
      if (each.state == State.DONE) {
        doneBefore.add(each.sequence);
      }
    }
    marks.clear();
    hasRefused = false;
  }

  /** {@return whether a message that comes again was dealt with before} */
  synchronized boolean wasDone(long sequence) {
    return doneBefore.remove(sequence);
  }

  /** {@return up to which sequence all that was handed on is dealt with, at most some other} */
  synchronized long upTo(long most) {
    @Nullable Mark first = marks.peekFirst();
    return first == null ? most : Math.min(most, first.sequence - 1);
  }

  synchronized boolean isAnyUnderWay() {
    return underWay > 0;
  }
}
