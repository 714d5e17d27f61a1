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
    String loaded = place.load(source).orElse(null);
    synchronized (this) {
      if (!isDirty && loaded != null) {
        latest = loaded;
      }
    }
  }

  synchronized @Nullable String position() {
    return latest;
  }

  /** The position has changed: has it saved in time, or now if it is to be saved at once. */
  void moveTo(String position, Timers timers) {
    synchronized (this) {
      latest = position;
      isDirty = positions != null;
      if (positions == null) {
        return;
      }
      if (config.saveEvery().isZero()) {
        isPlanned = false;
      } else if (isPlanned) {
        return;
      } else {
        isPlanned = true;
      }
    }
    if (config.saveEvery().isZero()) {
      save();
      return;
    }
    try {
      timers.schedule(config.saveEvery(), () -> Thread.startVirtualThread(this::savePlanned));
    } catch (IllegalStateException e) { // the source has just been stopped: that saves too
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

  /** Saves what is not saved. */
  void save() {
    saving.lock();
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
      saving.unlock();
    }
  }
}
