package dev.carillon.schedule;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The entries of one key; a passive structure, guarded by the shard's lock. */
final class KeyQueue {
  /*
   * `urgent` holds those of `behind` that nobody after them exceeds in urgency: its first is the
   * most urgent of all (the sliding-window minimum of Lemire 2006), in O(1) amortised. That is so
   * as long as entries come at the end and go at the front. One that leaves from the middle, or
   * becomes more urgent there, makes `urgent` stale; it is then built anew when it is asked for.
   */
  private Entry first;
  private final ArrayDeque<Entry> behind = new ArrayDeque<>();
  private final ArrayDeque<Entry> urgent = new ArrayDeque<>();
  private boolean isStale;

  KeyQueue(Entry first) {
    this.first = first;
  }

  /** {@return the entry whose turn it is} */
  Entry first() {
    return first;
  }

  /** Adds an entry behind all others. */
  void add(Entry entry) {
    behind.add(entry);
    addUrgent(entry);
  }

  private void addUrgent(Entry entry) {
    while (!urgent.isEmpty() && !isMoreUrgent(urgent.getLast(), entry)) {
      urgent.removeLast();
    }
    urgent.add(entry);
  }

  /** {@return whether the entry was behind the first; it no longer is} */
  boolean remove(Entry entry) {
    isStale |= urgent.remove(entry);
    return behind.remove(entry);
  }

  /** One of those behind has become more urgent. */
  void urged() {
    isStale = true;
  }

  /** {@return the next of the key, which is now the first; null if there is none} */
  @Nullable Entry advance() {
    Entry next = behind.poll();
    if (next != null) {
      first = next;
      if (next.equals(urgent.peek())) {
        urgent.remove();
      }
    }
    return next;
  }

  /** {@return the most urgent of those behind the first; null if there is none} */
  @Nullable Entry mostUrgent() {
    if (isStale) {
      isStale = false;
      urgent.clear();
      behind.forEach(this::addUrgent);
    }
    return urgent.peek();
  }

  private static boolean isMoreUrgent(Entry one, Entry other) {
    return one.wantedBand() < other.wantedBand()
        || (one.wantedBand() == other.wantedBand() && one.wanted() < other.wanted());
  }
}
