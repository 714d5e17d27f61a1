package dev.carillon.function;

import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapSink;
import dev.carillon.spi.MapSnapshot;
import dev.carillon.spi.MapWatch;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A watcher's buffer between a store, which must not wait, and a listener, which may be slow. */
final class MapWatching<K, V> implements MapSink, SharedMap.Watch {
  /*
   * The store puts changes into the buffer, in their order; a virtual thread, which is there only
   * while there is something to tell, takes them out and tells them. If the buffer is full, all of
   * it is dropped and isMissed is set. While it is, nothing is buffered: the thread first clears it
   * and then reads the store, so what it reads has all that was dropped, and changes that are
   * buffered from then on and that it has read already are known by their revisions.
   *
   * The store calls with its own lock held, so the lock here is never held when the store is called.
   */
  private static final long MOST_BYTES = 16L << 20;

  /** Who is told in the end. */
  interface Reader<K, V> {
    /** Something changed; user code runs here. */
    void changed(SharedMapChange<K, V> change);

    /** What changed could not be read, or telling it failed. */
    void failed(Throwable why);
  }

  /** What the thread does next. */
  private enum Step {
    TELL,
    RESYNC,
    TELL_CLOSED,
    END
  }

  private final CodedMap<K, V> map;
  private final byte @Nullable [] key;
  private final int capacity;
  private final Reader<K, V> reader;
  private final Object lock = new Object();

  // guarded by lock
  private final ArrayDeque<MapRecord> buffer = new ArrayDeque<>();
  private long bytes;
  private boolean isMissed;
  private boolean isStoreClosed;
  private boolean isClosed;
  private @Nullable MapWatch place;
  private @Nullable Thread thread; // while there is something to tell

  // only accessed by the thread, of which there is one at a time
  private long seen;

  MapWatching(
      CodedMap<K, V> map,
      byte @Nullable [] key,
      int capacity,
      boolean fromEntries,
      Reader<K, V> reader) {
    this.map = map;
    this.key = key;
    this.capacity = capacity;
    this.isMissed = fromEntries;
    this.reader = reader;
  }

  /** Is at its place in the store from now on. */
  void start(MapWatch at) {
    boolean isLate;
    synchronized (lock) {
      isLate = isClosed;
      place = at;
      if (isMissed && !isClosed) {
        wake();
      }
    }
    if (isLate) {
      at.close();
    }
  }

  // ── called by the store ──

  @Override
  public void changed(MapRecord change) {
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      if (isMissed || buffer.size() >= capacity || bytes + change.size() > MOST_BYTES) {
        miss();
      } else {
        buffer.add(change);
        bytes += change.size();
      }
      wake();
    }
  }

  @Override
  public void missed() {
    synchronized (lock) {
      if (!isClosed) {
        miss();
        wake();
      }
    }
  }

  @Override
  public void closed() {
    synchronized (lock) {
      if (!isClosed && !isStoreClosed) {
        isStoreClosed = true;
        wake();
      }
    }
  }

  /** Drops what waits, as more has come than fits; the lock is held. */
  private void miss() {
    isMissed = true;
    buffer.clear();
    bytes = 0;
  }

  /** Has a thread tell; the lock is held. */
  private void wake() {
    if (thread == null) {
      thread =
          Thread.ofVirtual().name("carillon-map-" + map.name() + "-watch").unstarted(this::run);
      thread.start();
    }
  }

  // ── the thread ──

  private void run() {
    boolean isOver = false;
    try {
      while (!isOver) {
        isOver = step();
      }
    } finally {
      synchronized (lock) {
        if (!isOver) { // what the reader's failed() throws ends this thread; another goes on
          thread = null;
          wake();
        }
      }
    }
  }

  /** Does the next thing: {@return whether nothing is left to do} */
  private boolean step() {
    MapRecord next = null;
    Step step;
    synchronized (lock) {
      step = next();
      if (step == Step.TELL) {
        next = buffer.remove();
        bytes -= next.size();
      } else if (step == Step.RESYNC) {
        isMissed = false;
      } else if (step == Step.END) {
        thread = null;
        lock.notifyAll();
        return true;
      }
    }
    try {
      if (next != null) {
        tell(next);
      } else if (step == Step.RESYNC) {
        return !resync();
      } else {
        tellClosed();
      }
    } catch (Throwable e) { // an Error of user code must not leave who waits for it waiting
      reader.failed(e);
    }
    return false;
  }

  private void tellClosed() {
    try {
      reader.changed(new SharedMapChange.Closed<>());
    } finally {
      close();
    }
  }

  private Step next() {
    if (isClosed) {
      return Step.END;
    }
    if (isMissed && !isStoreClosed) {
      return Step.RESYNC;
    }
    if (!buffer.isEmpty()) {
      return Step.TELL;
    }
    return isStoreClosed ? Step.TELL_CLOSED : Step.END;
  }

  private void tell(MapRecord change) {
    if (change.revision() <= seen) {
      return;
    }
    seen = change.revision();
    reader.changed(
        switch (change.kind()) {
          case PUT -> new SharedMapChange.Put<>(map.key(change), map.versioned(change));
          case DELETED -> removed(change, false);
          case EXPIRED -> removed(change, true);
        });
  }

  private SharedMapChange<K, V> removed(MapRecord change, boolean isExpired) {
    return new SharedMapChange.Removed<>(
        map.key(change), change.revision(), change.time(), isExpired);
  }

  /** Tells what is there: {@return whether it could be read; else the next change tries again} */
  private boolean resync() {
    SharedMapChange.Resync<K, V> all;
    try {
      MapSnapshot snapshot = map.snapshot(key);
      all = map.resync(snapshot);
      seen = Math.max(seen, snapshot.revision());
    } catch (Throwable e) { // as in step()
      reader.failed(e);
      return rest();
    }
    reader.changed(all);
    return true;
  }

  /** Leaves it to the next change to read what is there: {@return whether there still is work} */
  private boolean rest() {
    synchronized (lock) {
      miss();
      boolean hasMore = isStoreClosed || isClosed;
      if (!hasMore) {
        thread = null;
        lock.notifyAll();
      }
      return hasMore;
    }
  }

  // ── ending ──

  @Override
  public void close() {
    MapWatch at;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      buffer.clear();
      bytes = 0;
      at = place;
    }
    if (at != null) {
      at.close();
    }
    map.ended(this);
  }

  /** Waits until nothing is told any more: {@return whether that came in time} */
  boolean awaitEnd(long deadline) {
    boolean isInterrupted = false;
    try {
      synchronized (lock) {
        long left = deadline - System.nanoTime();
        while (thread != null && !Thread.currentThread().equals(thread) && left > 0) {
          try {
            lock.wait(left / 1_000_000 + 1);
          } catch (InterruptedException e) {
            isInterrupted = true;
          }
          left = deadline - System.nanoTime();
        }
        return thread == null || Thread.currentThread().equals(thread);
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
