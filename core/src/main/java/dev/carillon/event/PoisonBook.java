package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/** The poison logs of all slots, and the bound on how many reasons they keep together. */
final class PoisonBook {
  /*
   * The order in which reasons are forgotten is a ring of raw handles, oldest first. Each record
   * enters the ring after it has entered its slot's log; when the ring is full, the slot of its
   * oldest entry forgets its oldest reason. No two monitors are ever held at once: neither those of
   * two logs, nor that of a log and the ring's.
   */
  private static final long NOTHING = 0; // no handle: nothing has to be forgotten

  private final SlotTable slots;
  private final int most;

  // guarded by this
  private long[] ring;
  private int first;
  private int count;

  /**
   * @param most how many reasons are kept
   */
  PoisonBook(SlotTable slots, int most) {
    this.slots = slots;
    this.most = most;
    this.ring = new long[Math.clamp(most, 1, 16)];
  }

  /** Adds a record; {@return the raw handle of the record to forget, or {@link #NOTHING}} */
  private synchronized long add(long event) {
    if (most == 0) {
      return event;
    }
    long forgotten = NOTHING;
    if (count == most) {
      forgotten = ring[first];
      first = (first + 1) % ring.length;
      count--;
    } else if (count == ring.length) {
      long[] wider = new long[(int) Math.min(most, 2L * count)];
      System.arraycopy(ring, first, wider, 0, count - first);
      System.arraycopy(ring, 0, wider, count - first, first);
      ring = wider;
      first = 0;
    }
    ring[(first + count) % ring.length] = event;
    count++;
    return forgotten;
  }

  /** {@return how many reasons are kept} */
  synchronized int records() {
    return count;
  }

  /** {@return whether an event that is not the newest of its slot was poisoned} */
  boolean contains(long event) {
    PoisonLog log = slots.poisonLog((int) (event >>> 32));
    if (log == null) {
      return false;
    }
    synchronized (log) {
      return log.contains((int) event);
    }
  }

  /** {@return the poison of an event of this system, or null if there is no record of it} */
  @Nullable Poison find(EventHandle event) {
    PoisonLog log = slots.poisonLog(event.index());
    if (log == null) {
      return null;
    }
    synchronized (log) {
      return log.find(event);
    }
  }

  /** {@return the log of a slot} */
  PoisonLog makeLog(int index) {
    return slots.makePoisonLog(index);
  }

  /**
   * Counts a record that was entered in its log, and forgets the oldest if that is one too many.
   */
  void countRecord(long event) {
    long forgotten = add(event);
    PoisonLog log = forgotten == NOTHING ? null : slots.poisonLog((int) (forgotten >>> 32));
    if (log != null) {
      synchronized (log) {
        log.forgetOldest();
      }
    }
  }
}
