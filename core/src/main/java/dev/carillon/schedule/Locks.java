package dev.carillon.schedule;

import java.time.Duration;
import java.util.Optional;

/**
 * Locks by name, taken by threads as they go. Those that a task declares are taken for it before it
 * runs, without blocking a thread; what is taken here is in addition to them.
 *
 * <p>A lock excludes others from whatever its name stands for; it is not re-entrant. {@link
 * #acquire} keeps to the order of the names, so that no deadlock can arise: a thread that holds a
 * lock may only take one whose name is greater. {@link #acquireInAnyOrder} does not, and every wait
 * by it is checked for a circle, which is broken as the scheduler's {@link DeadlockPolicy} says.
 *
 * <p>Safe for use by any thread, platform or virtual; a waiting thread shows in the wait graph of
 * the event system. Actions before closing a lease happen-before actions after the next {@code
 * acquire} of that lock.
 */
public sealed interface Locks permits LockTable {

  /**
   * Waits for a lock and takes it.
   *
   * @param id the lock's name
   * @return the lease, to be closed by whoever is done; closing it twice does nothing
   * @throws LockOrderException if the thread holds that lock or a greater one
   * @throws InterruptedException if the thread is interrupted first; it does not have the lock then
   */
  LockLease acquire(String id) throws InterruptedException;

  /**
   * Waits for a lock, for a time, and takes it.
   *
   * @param id the lock's name
   * @param timeout how long at most; zero or negative does not wait
   * @return the lease; empty if the time passed first
   * @throws LockOrderException if the thread holds that lock or a greater one
   * @throws InterruptedException if the thread is interrupted first; it does not have the lock then
   */
  Optional<LockLease> acquire(String id, Duration timeout) throws InterruptedException;

  /**
   * Waits for a lock and takes it, whatever the thread holds.
   *
   * @param id the lock's name
   * @return the lease
   * @throws DeadlockException if this thread gives way in a deadlock; it does not have the lock
   *     then, and ought to give up those that it has
   * @throws LockOrderException if the thread holds that lock
   * @throws InterruptedException if the thread is interrupted first; it does not have the lock then
   */
  LockLease acquireInAnyOrder(String id) throws InterruptedException;

  /**
   * Waits for a lock, for a time, and takes it, whatever the thread holds.
   *
   * @param id the lock's name
   * @param timeout how long at most; zero or negative does not wait
   * @return the lease; empty if the time passed first
   * @throws DeadlockException if this thread gives way in a deadlock
   * @throws LockOrderException if the thread holds that lock
   * @throws InterruptedException if the thread is interrupted first; it does not have the lock then
   */
  Optional<LockLease> acquireInAnyOrder(String id, Duration timeout) throws InterruptedException;

  /** {@return how many locks are held} */
  int held();
}
