package dev.carillon.schedule;

import org.jspecify.annotations.Nullable;

/** Entries below the highest band in the order of their age; guarded by the shard's lock. */
final class AgeList {
  private @Nullable Entry oldest;
  private @Nullable Entry youngest;

  @Nullable Entry oldest() {
    return oldest;
  }

  /** Adds an entry as the youngest. */
  void add(Entry entry) {
    Entry last = youngest;
    entry.ages = this;
    entry.older = last;
    if (last == null) {
      oldest = entry;
    } else {
      last.younger = entry;
    }
    youngest = entry;
  }

  /** Removes an entry that is in this list. */
  void remove(Entry entry) {
    Entry before = entry.older;
    Entry after = entry.younger;
    if (before == null) {
      oldest = after;
    } else {
      before.younger = after;
    }
    if (after == null) {
      youngest = before;
    } else {
      after.older = before;
    }
    entry.older = null;
    entry.younger = null;
    entry.ages = null;
  }
}
