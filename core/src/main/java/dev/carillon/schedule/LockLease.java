package dev.carillon.schedule;

/** A lock, held by a thread until closed. Safe for use by any thread. */
public sealed interface LockLease extends AutoCloseable permits LockOwner.Lease {

  /** {@return the lock's name} */
  String id();

  /** Gives the lock to the one that waits for it most urgently, if one does. Idempotent. */
  @Override
  void close();
}
