package dev.carillon.source;

import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Knows where a source continues, and saves that. */
final class PositionKeeper {
  /*
   * Saving may take long, so it happens on a virtual thread that a timer starts, at most one at a
   * time, and never on the timers' thread. `latest` may move on meanwhile; who saves looks again.
   * The lock `saving` is held while users' positions are loaded and saved: they are promised that
   * they are never called twice at a time.
   *
   * A thread that saves may have been interrupted as a handler's. That must not break the save, so
   * it is put aside meanwhile.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int LONGEST = 65_536;

  private final String source;
  private final @Nullable Positions positions;
  private final SourceConfig config;

  // guarded by this
  private @Nullable String latest;
  private boolean isDirty;
  private boolean isPlanned;

  private final ReentrantLock saving = new ReentrantLock();

  PositionKeeper(SourceConfig config) {
    this.source = config.name();
    this.positions = config.positions();
    this.config = config;
  }

  /** Fails if a position is longer than what can be kept. */
  static void check(String position) {
    if (position.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a position must have at most %d characters: length=%d"
              .formatted(LONGEST, position.length()));
    }
  }

  /** Reads what was saved, unless there is a newer one in memory. */
  void load() {
    Positions place = positions;
    synchronized (this) {
      if (place == null || isDirty) {
        return;
      }
    }
    saving.lock();
    try {
      String loaded = place.load(source).orElse(null);
      synchronized (this) {
        if (!isDirty && loaded != null) {
          latest = loaded;
        }
      }
    } finally {
      saving.unlock();
    }
  }

  synchronized @Nullable String position() {
    return latest;
  }

  /** The position has changed; {@link #saveInTime} is to follow. */
  synchronized void moved(String position) {
    latest = position;
    isDirty = positions != null;
  }

  /** Has what is not saved be saved in time, or does it now if that is to be at once. */
  void saveInTime(Timers timers) {
    if (positions == null) {
      return;
    }
    if (config.saveEvery().isZero()) {
      save();
      return;
    }
    synchronized (this) {
      if (isPlanned || !isDirty) {
        return;
      }
      isPlanned = true;
    }
    try {
      timers.schedule(config.saveEvery(), () -> Thread.startVirtualThread(this::savePlanned));
    } catch (IllegalStateException e) { // the source has just been stopped: that saves too
      LOG.log(Level.TRACE, "no timer to save a position", e);
      synchronized (this) {
        isPlanned = false;
      }
    }
  }

  private void savePlanned() {
    synchronized (this) {
      isPlanned = false;
    }
    try {
      save();
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "the position of source \"%s\" could not be saved; it is tried again with the next"
              .formatted(source),
          e);
    }
  }

  /** Saves what is not saved, at the end of a run, whose timers may never come. */
  void saveAtEnd() {
    synchronized (this) {
      isPlanned = false;
    }
    save();
  }

  private void save() {
    saving.lock();
    boolean wasInterrupted = Thread.interrupted();
    try {
      String position;
      synchronized (this) {
        if (!isDirty) {
          return;
        }
        position = latest;
      }
      if (positions != null && position != null) {
        positions.save(source, position);
      }
      synchronized (this) {
        if (position != null && position.equals(latest)) {
          isDirty = false;
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
      saving.unlock();
    }
  }
}
