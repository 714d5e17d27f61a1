package dev.carillon.tools;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What has changed and is not handled: of each path no more than one change. */
final class PendingChanges {
  /*
   * Changes of a path that come before it is handled are one: a file that was made and then written
   * is new to whoever handles it, one that was made and removed is nothing, and one that was removed
   * and made again is modified. So which changes are wanted is asked only when they are taken.
   *
   * There are no more paths than messages under way, which the window of the source bounds.
   */
  private final Map<Path, WatchedChange> byPath = new LinkedHashMap<>(); // guarded by this
  private long newest; // guarded by this: when the last one came, by System.nanoTime

  /** A file has changed. */
  synchronized void note(WatchedChange change) {
    newest = System.nanoTime();
    WatchedChange before = byPath.remove(change.path());
    WatchedChange both = before == null ? change : before.then(change);
    if (both != null) {
      byPath.put(change.path(), both);
    }
  }

  /** Takes the change of a path: {@return nothing if it was taken before} */
  synchronized Optional<WatchedChange> take(Path path) {
    return Optional.ofNullable(byPath.remove(path));
  }

  /** Takes all. */
  synchronized List<WatchedChange> takeAll() {
    List<WatchedChange> all = List.copyOf(byPath.values());
    byPath.clear();
    return all;
  }

  synchronized boolean isEmpty() {
    return byPath.isEmpty();
  }

  /**
   * Waits until nothing has come for a time, from now on.
   *
   * @param quiet for how long
   * @param most how long at most
   */
  synchronized void awaitQuiet(Duration quiet, Duration most) throws InterruptedException {
    long start = System.nanoTime();
    newest = start;
    while (true) {
      long now = System.nanoTime();
      long left = Math.min(newest + quiet.toNanos() - now, start + most.toNanos() - now);
      if (left <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
