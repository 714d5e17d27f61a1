package dev.carillon.schedule;

import dev.carillon.event.Event;

/**
 * A bounded queue in front of a handler: items are handled in the order in which they were
 * accepted, in batches, and never two batches at once.
 *
 * {@snippet :
 * Lane<String> lane =
 *     scheduler.lane(c -> c.named("audit").withCapacity(4096), batch -> System.out.println(batch));
 * if (lane.offer("login") == Offer.FULL) {
 *   lane.put("login"); // waits for room
 * }
 * }
 *
 * <p>A lane takes a thread of its pool when it has items and gives it back when it has none, or
 * after a few batches if others wait; while it is busy, offering costs no wake-up. A batch is what
 * is there, up to the limits. With a linger, a batch that is not full waits for more, unless the
 * handler has been idle that long already: so an item that arrives alone is handled at once.
 *
 * <p>Safe for use by any thread. Actions before an item is offered happen-before its handling, and
 * the handling of a batch happens-before that of the next.
 *
 * @param <T> type of the items
 */
public sealed interface Lane<T> extends AutoCloseable permits LocalLane {

  /**
   * Offers an item, without waiting.
   *
   * @param item the item
   * @return whether it was accepted
   */
  Offer offer(T item);

  /**
   * Offers an item, waiting for room. A handler must not wait for room in its own lane.
   *
   * @param item the item
   * @return {@link Offer#ACCEPTED} or {@link Offer#CLOSED}
   * @throws InterruptedException if the thread is interrupted first; the item is not taken then
   */
  Offer put(T item) throws InterruptedException;

  /**
   * {@return an event that is triggered when items are next taken, or it is closed} Who was told
   * {@link Offer#FULL} asks for it, offers once more, and waits for it if there is still no room.
   */
  Event room();

  /** {@return an event that is triggered once everything accepted so far has been handled} */
  Event handled();

  /**
   * Hands nothing more to the handler, until it is resumed or closed; what is offered waits, as far
   * as there is room. Idempotent. A call of the handler that has begun, or is about to begin, goes
   * on.
   */
  void pause();

  /** Goes on after a pause. Idempotent. */
  void resume();

  /** {@return how many items wait: a moment's value, cheaper than all of {@link #stats}} */
  int queued();

  /** {@return whether it is paused; never once it is closed} */
  boolean isPaused();

  /** {@return what it has done and holds} */
  LaneStats stats();

  /**
   * Refuses further items. Those accepted are still handled, which ends a pause for good; {@link
   * #handled} tells when that is done. Idempotent.
   */
  @Override
  void close();
}
