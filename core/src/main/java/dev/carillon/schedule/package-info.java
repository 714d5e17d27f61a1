/**
 * The scheduler: who runs next, on what, and how nothing starves, deadlocks or leaks.
 *
 * <p>{@link dev.carillon.schedule.Scheduler} takes tasks and completes an event for each. It orders
 * them by band and deadline, holds them back until what they need is there (preconditions, keys,
 * permits, locks, gates), runs them on bounded pools, and says of each why it has not run yet. A
 * lane is the queue in front of a handler. The gates ({@link dev.carillon.schedule.CircuitBreaker}
 * and its kin) work around any call, also without a scheduler.
 */
package dev.carillon.schedule;
