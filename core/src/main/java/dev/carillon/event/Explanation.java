package dev.carillon.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is known about an event and about waiting for it, as a tree that prints readably.
 *
 * @param handle the event
 * @param name its name, if it has one
 * @param status where it stands
 * @param poison why it failed, if it did
 * @param age how long it has been pending, to about a second; zero if it is not
 * @param createdAt where it was created, if that was sampled
 * @param guardedBy the thread whose guard has the duty to complete it, if one has
 * @param waiters who waits for it, and who waits for these in turn
 * @param waitsFor what has to complete before it can, as far as Carillon knows: the pending inputs
 *     of a merge, the event whose listener completes this one, and what the thread that guards it
 *     is waiting for
 * @param cut how many further entries of the tree were left out
 */
public record Explanation(
    EventHandle handle,
    Optional<String> name,
    EventStatus status,
    Optional<Poison> poison,
    Duration age,
    Optional<String> createdAt,
    Optional<String> guardedBy,
    List<Waiter> waiters,
    List<Explanation> waitsFor,
    int cut) {

  /** Copies the lists. */
  public Explanation {
    waiters = List.copyOf(waiters);
    waitsFor = List.copyOf(waitsFor);
  }

  /** What kind of thing waits. */
  public enum Kind {
    /** A thread that blocks. */
    THREAD,
    /** A merge of events, of any sort. */
    MERGE,
    /** A listener. */
    LISTENER,
    /** A completion stage. */
    STAGE,
    /** A scope whose parent this is. */
    SCOPE
  }

  /**
   * Somebody who waits.
   *
   * @param kind what it is
   * @param description what is known of it, on one line
   * @param completes the event that it completes in turn, if that is known
   * @param waiters who waits for that event
   */
  public record Waiter(
      Kind kind, String description, Optional<EventHandle> completes, List<Waiter> waiters) {
    /** Copies the list. */
    public Waiter {
      waiters = List.copyOf(waiters);
    }
  }

  /** {@return the tree as lines of text} */
  @Override
  public String toString() {
    return ExplanationText.of(this);
  }
}
