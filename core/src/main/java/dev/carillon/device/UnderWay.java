package dev.carillon.device;

import java.util.ArrayDeque;

/**
 * The events of a stream that are not known to have finished, where their driver's are to go back
 * to it, whether somebody asks for them or not.
 */
final class UnderWay {
  /*
   * The driver is asked for them when there are twice as many as were left by the last time. So each
   * is asked for a time or two, and no more are kept than twice those that are pending. Of a stream
   * that keeps its order the first that is pending ends the asking.
   */
  private static final int SOME = 64; // that are not worth a look

  private final LocalStream stream;

  // guarded by this
  private ArrayDeque<Occurrence> events = new ArrayDeque<>();
  private int worthAsking = SOME; // how many are

  UnderWay(LocalStream stream) {
    this.stream = stream;
  }

  /** Adds an event that is recorded. */
  void add(Occurrence recorded) {
    synchronized (this) {
      events.addLast(recorded);
      if (events.size() < worthAsking) {
        return;
      }
    }
    settle();
  }

  /** Asks for them. Those that have finished go back, and are forgotten. */
  void settle() {
    ArrayDeque<Occurrence> asked;
    synchronized (this) {
      asked = events;
      events = new ArrayDeque<>();
    }
    boolean mayHaveFinished = true;
    var left = new ArrayDeque<Occurrence>();
    for (Occurrence one : asked) {
      boolean hasFinished = mayHaveFinished ? one.ask() : one.isFinished();
      mayHaveFinished = hasFinished || stream.lost() != null || !stream.options().isOrdered();
      if (!hasFinished) {
        left.add(one);
      }
    }
    synchronized (this) {
      left.addAll(events); // those that were recorded meanwhile
      events = left;
      worthAsking = Math.max(SOME, 2 * left.size());
    }
  }
}
