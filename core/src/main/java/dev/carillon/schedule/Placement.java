package dev.carillon.schedule;

import java.util.Objects;

/**
 * Where a task runs: the name of a pool of the scheduler.
 *
 * @param pool the pool's name
 */
public record Placement(String pool) {

  /** Platform threads, as many as configured: for work that computes. The default. */
  public static final Placement CPU = new Placement("cpu");

  /**
   * Virtual threads, as many at once as configured: for work that blocks. They are admitted from
   * the scheduler's own queue, because the JDK's carriers know neither priority nor time slices.
   */
  public static final Placement BLOCKING = new Placement("blocking");

  /**
   * The thread that makes the task ready to run: the submitting one if nothing holds the task back,
   * else the one that takes away the last obstacle. Such a task never queues for a thread.
   */
  public static final Placement CALLER = new Placement("caller");

  /** Checks the name. */
  public Placement {
    if (Objects.requireNonNull(pool, "pool").isBlank()) {
      throw new IllegalArgumentException("a pool's name must not be blank: pool=\"" + pool + "\"");
    }
  }

  /**
   * {@return the placement on a pool that the scheduler was configured with}
   *
   * @param name the pool's name
   */
  public static Placement on(String name) {
    return new Placement(name);
  }
}
