package dev.carillon.schedule;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a scheduler has done and holds. The numbers are read one after another as it runs, so they
 * may be apart by what happened in between.
 *
 * @param submitted tasks submitted
 * @param held tasks that are not over, running ones included
 * @param running threads that run tasks, by pool
 * @param succeeded tasks whose event was triggered
 * @param failed tasks whose event was poisoned because they failed
 * @param cancelled tasks whose event somebody else completed first, timeouts included
 * @param rejected tasks not admitted, for want of capacity or of time
 * @param refused attempts that a gate refused
 * @param retried attempts that failed and were followed by another
 * @param dropped tasks that were late and did not run
 * @param downgraded tasks that were late and went to the lowest band
 * @param discarded results that came after the task's outcome was settled
 * @param abandoned attempts that did not stop in time when interrupted
 * @param compensationsFailed compensations that failed
 * @param missed deadlines missed, by what the task was waiting for or doing at its deadline
 * @param deadlocks circles of locks that were found and broken
 * @param locksHeld locks that are held
 * @param permitsFree free permits, by resource
 * @param bands numbers of each band, the highest first
 * @param lanes numbers of each lane
 */
public record SchedulerStats(
    long submitted,
    int held,
    Map<String, Integer> running,
    long succeeded,
    long failed,
    long cancelled,
    long rejected,
    long refused,
    long retried,
    long dropped,
    long downgraded,
    long discarded,
    long abandoned,
    long compensationsFailed,
    Map<TaskPhase, Long> missed,
    long deadlocks,
    int locksHeld,
    Map<String, Long> permitsFree,
    List<BandStats> bands,
    List<LaneStats> lanes) {

  /** Copies the collections. */
  public SchedulerStats {
    running = Map.copyOf(running);
    missed = Map.copyOf(missed);
    permitsFree = Map.copyOf(permitsFree);
    bands = List.copyOf(bands);
    lanes = List.copyOf(lanes);
  }

  /**
   * What happened in a band.
   *
   * @param band which
   * @param queued tasks that wait for a thread
   * @param dispatched tasks that were given one
   * @param promoted tasks that came up into it by ageing
   * @param meanWait for a thread
   * @param medianWait for a thread, exact to a factor of two
   * @param wait99 what 99 of 100 waits did not exceed, exact to a factor of two
   * @param longestWait for a thread
   */
  public record BandStats(
      Band band,
      int queued,
      long dispatched,
      long promoted,
      Duration meanWait,
      Duration medianWait,
      Duration wait99,
      Duration longestWait) {}
}
