package dev.carillon.store;

import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoreException;
import dev.carillon.store.SegmentConfig.Sync;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** The segments of a stream, and what its retention lets go of them. */
final class SegmentList {
  /*
   * Everything is done under the stream's lock, but for reading `all` and `first`. The array is
   * replaced, never changed. Readers use one as they find it, and look at it before `first`; a
   * segment that was dropped since is found gone by `retain`, and they look again.
   */
  private static final int LEAST_ROLL_BYTES = 1 << 16;
  private static final int LEAST_ROLL_COUNT = 1 << 10;
  private static final int SHARE = 4; // a full segment holds such a part of the retention

  private final Path directory;
  private final Retention retention;
  private final boolean isForced;
  private final int rollBytes;
  private final long rollCount;

  // written under the stream's lock; read by anybody
  private volatile Segment[] all;
  private volatile long first;

  // guarded by the stream's lock
  private long fullBytes; // of all segments but the last
  private long truncatedBytes; // of the first segment, before the first record that is kept
  private long dropped;
  private long lookedForAge = Long.MIN_VALUE; // in seconds

  SegmentList(
      Path directory, Retention retention, SegmentConfig config, SegmentFiles.Opened opened) {
    this.directory = directory;
    this.retention = retention;
    this.isForced = config.sync() != Sync.NONE;
    this.rollBytes = rollBytes(retention, config);
    this.rollCount =
        retention.maxMessages() == Long.MAX_VALUE
            ? Long.MAX_VALUE
            : Math.max(LEAST_ROLL_COUNT, retention.maxMessages() / SHARE);
    all = opened.segments().toArray(Segment[]::new);
    first = Math.min(opened.first(), last() + 1); // what it names may have been lost with the power
    for (int i = 0; i < all.length - 1; i++) {
      fullBytes += all[i].charged;
    }
    truncatedBytes = truncatedBytes();
  }

  static int rollBytes(Retention retention, SegmentConfig config) {
    return retention.maxBytes() == Long.MAX_VALUE
        ? config.segmentBytes()
        : Math.clamp(
            retention.maxBytes() / SHARE,
            Math.min(LEAST_ROLL_BYTES, config.segmentBytes()),
            config.segmentBytes());
  }

  /** {@return the segments now, oldest first} */
  Segment[] all() {
    return all;
  }

  /** {@return the one that is written} */
  Segment active() {
    Segment[] now = all;
    return now[now.length - 1];
  }

  /** {@return the least sequence that is kept} */
  long first() {
    return first;
  }

  /** {@return how many messages the retention let go} */
  long dropped() {
    return dropped;
  }

  private long last() {
    return active().next() - 1;
  }

  /** {@return whether the retention refuses so much} */
  boolean isFull(int count, long bytes) {
    return retention.whenFull() == WhenFull.REFUSE
        && (last() - first + 1 + count > retention.maxMessages()
            || bytes() + bytes > retention.maxBytes());
  }

  /** {@return the bytes of the records that are kept} */
  long bytes() {
    return fullBytes + active().size() - truncatedBytes;
  }

  /** {@return the segment for the next record} Begins one if the active has enough. */
  Segment next() throws IOException {
    Segment now = active();
    return now.next() - now.base() >= rollCount ? roll(0) : now;
  }

  /** Begins a new segment, with room for a record at least. */
  Segment roll(int record) throws IOException {
    Segment full = active();
    int capacity = Math.max(rollBytes, SegmentDescriptor.LENGTH + record);
    Segment fresh = Segment.create(directory, full.next(), capacity, isForced, first);
    full.fill();
    fullBytes += full.charged;
    Segment[] before = all;
    var after = new Segment[before.length + 1];
    System.arraycopy(before, 0, after, 0, before.length);
    after[before.length] = fresh;
    all = after;
    return fresh;
  }

  /** Lets go what is too old. */
  void dropOld(Instant now) {
    var age = retention.maxAge();
    if (age == null || now.getEpochSecond() == lookedForAge) {
      return;
    }
    lookedForAge = now.getEpochSecond();
    long oldest = now.minus(age).getEpochSecond();
    Segment newest = active();
    if (newest.size() > 0 && newest.newest() < oldest) {
      try {
        roll(0);
      } catch (IOException e) {
        throw new StoreException("the store cannot write: directory=" + directory, e);
      }
    }
    while (all.length > 1 && newestOf(all[0]) < oldest) {
      drop(true);
    }
  }

  private static long newestOf(Segment full) {
    if (full.newest() == Long.MAX_VALUE) { // the process died as it became full
      full.load();
      return full.index().newest();
    }
    return full.newest();
  }

  /** Lets go what is too much. */
  void dropSurplus() {
    while (retention.whenFull() == WhenFull.DROP_OLDEST
        && all.length > 1
        && (last() - all[1].base() + 1 >= retention.maxMessages()
            || bytes() - all[0].charged + truncatedBytes >= retention.maxBytes())) {
      drop(true);
    }
  }

  /** Removes the first segment, which is not the only one. */
  private void drop(boolean counted) {
    Segment[] before = all;
    var after = new Segment[before.length - 1];
    System.arraycopy(before, 1, after, 0, after.length);
    all = after;
    fullBytes -= before[0].charged;
    truncatedBytes = 0;
    if (after[0].base() > first) {
      if (counted) {
        dropped += after[0].base() - first;
      }
      first = after[0].base();
    }
    before[0].remove();
  }

  /** Forgets what is before a sequence, which is at most one above the last. */
  void truncateBefore(long sequence) {
    if (sequence <= first) {
      return;
    }
    first = sequence;
    active().putFirst(sequence);
    while (all.length > 1 && all[1].base() <= sequence) {
      drop(false);
    }
    truncatedBytes = truncatedBytes();
  }

  /** {@return the bytes of the first segment before the first record that is kept} */
  private long truncatedBytes() {
    Segment now = all[0];
    if (first <= now.base()) {
      return 0;
    }
    return first > last() ? now.size() : place(now, first) - SegmentDescriptor.LENGTH;
  }

  private int place(Segment segment, long sequence) {
    segment.load();
    var near =
        segment.index().find(sequence, Long.MIN_VALUE, segment.base(), SegmentDescriptor.LENGTH);
    var reader =
        new RecordReader(
            segment.bytes(), near.position(), segment.end(), new byte[RecordReader.CHUNK >> 3]);
    long at = near.sequence();
    while (at < sequence && reader.next(at) == RecordReader.Found.RECORD) {
      at++;
    }
    return reader.position();
  }
}
