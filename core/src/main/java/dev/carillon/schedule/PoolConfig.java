package dev.carillon.schedule;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * A pool of the user's own: an executor, and how many tasks it may be given at once. The scheduler
 * keeps the rest in its own queue, where priority still counts.
 *
 * @param executor runs what it is given, each on a thread of its own; it is not closed by the
 *     scheduler
 * @param limit the most tasks that run on it at once, 1 to {@value #MOST}
 */
public record PoolConfig(Executor executor, int limit) {

  /** The highest limit of a pool. */
  public static final int MOST = 1 << 24;

  /** Checks the limit. */
  public PoolConfig {
    Objects.requireNonNull(executor, "executor");
    Checks.range("limit", limit, 1, MOST);
  }
}
