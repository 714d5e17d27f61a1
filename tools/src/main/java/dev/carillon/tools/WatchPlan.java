package dev.carillon.tools;

import dev.carillon.schedule.Retry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code carillon watch} was asked to do.
 *
 * @param files which files it looks at
 * @param mode what a run of the command is for
 * @param command what is run
 * @param events which changes it is run for
 * @param debounce how long a file, or all of them, must be left alone first
 * @param jobs how many commands at once
 * @param retry when a command that failed is run again
 * @param timeout how long one may take; null for ever
 * @param grace how long one that is asked to end has for it
 * @param isOnce whether it ends when what there is at first is handled
 * @param failsFast whether it ends when a command has failed
 * @param output where output goes
 */
record WatchPlan(
    WatchedFiles files,
    Mode mode,
    WatchedCommand command,
    Set<WatchEvent> events,
    Duration debounce,
    int jobs,
    Retry retry,
    @Nullable Duration timeout,
    Duration grace,
    boolean isOnce,
    boolean failsFast,
    WatchOutput output) {

  /** What a run is for. */
  enum Mode {
    /** One file that has changed. */
    EACH,
    /** All that has changed. */
    BATCH,
    /** No change in particular: the command goes on until the next one. */
    RESTART
  }

  private static final int QUIET_AT_MOST = 20; // times the debounce

  private static final Duration SHORT = Duration.ofMillis(50);

  /** {@return how long a file must not change before it is told} */
  Duration settledFor() {
    boolean isLeftToAll = mode != Mode.EACH && debounce.compareTo(SHORT) > 0;
    return isLeftToAll ? SHORT : debounce;
  }

  /** {@return how long at most it waits until all are left alone} */
  Duration mostQuiet() {
    return debounce.multipliedBy(QUIET_AT_MOST);
  }

  /** {@return the directory that is watched} */
  Path root() {
    return files.root();
  }

  /** {@return those of the changes that the command is run for} */
  List<WatchedChange> wanted(List<WatchedChange> changes) {
    return changes.stream().filter(change -> events.contains(change.event())).toList();
  }
}
