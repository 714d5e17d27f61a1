package dev.carillon.schedule;

import java.util.concurrent.Callable;

/**
 * A gate that has at most so many attempts under way at once.
 *
 * <p>A pass is a permit, and its first report gives the permit back. A second report of the same
 * pass throws {@link IllegalStateException} and changes nothing, so the count of permits is right
 * whatever its users do, as long as each pass is reported; {@link #call} sees to that.
 *
 * <p>Asking never waits. Safe for use by any thread. Memory consistency effects: actions before a
 * report happen-before actions after an {@link #ask} that was admitted later than that report.
 */
public sealed interface Bulkhead extends Gate permits BulkheadPermits {

  /**
   * {@return a new gate}
   *
   * @param name shown in refusals
   * @param limit the most attempts at once
   * @throws IllegalArgumentException if {@code name} is blank or {@code limit} is not positive
   */
  static Bulkhead of(String name, int limit) {
    return new BulkheadPermits(name, limit);
  }

  /** {@return the name} */
  String name();

  /** {@return the most attempts at once} */
  int limit();

  /** {@return how many attempts are under way; other threads may change that at any time} */
  int inUse();

  /** {@return how many were refused so far} */
  long refused();

  /**
   * {@inheritDoc}
   *
   * <p>Allocates nothing.
   */
  @Override
  <T> T call(Callable<? extends T> work) throws Exception;
}
