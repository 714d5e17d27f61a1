package dev.carillon.schedule;

import java.time.Duration;

/**
 * What a lane has done and holds.
 *
 * @param name the lane's name
 * @param queued items that wait
 * @param running whether its handler runs, or waits for a thread
 * @param paused whether it is paused
 * @param accepted items accepted
 * @param refused items refused because it was full
 * @param dropped items that were waiting and gave way to others
 * @param handled items handed to the handler
 * @param batches how often the handler was called
 * @param failed how often it failed, in time
 * @param timedOut how often it ran out of its time and returned once it was interrupted
 * @param abandoned how often it ran out of its time and did not return in time then
 * @param discarded items that were still waiting when the scheduler closed
 * @param meanWait for a thread, from having items to handling them
 * @param longestWait for a thread
 */
public record LaneStats(
    String name,
    int queued,
    boolean running,
    boolean paused,
    long accepted,
    long refused,
    long dropped,
    long handled,
    long batches,
    long failed,
    long timedOut,
    long abandoned,
    long discarded,
    Duration meanWait,
    Duration longestWait) {}
