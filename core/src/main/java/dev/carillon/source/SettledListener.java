package dev.carillon.source;

import org.jspecify.annotations.Nullable;

/** Is told what became of an item. */
@FunctionalInterface
public interface SettledListener {

  /** Does nothing. */
  SettledListener NONE = _ -> {};

  /**
   * The item is done with, retries included. Called once, on any thread, perhaps under the lock by
   * which the outlet is called for one item after another: it must not block, least of all for a
   * thread that puts something in, and must not throw.
   *
   * @param failure why it was not taken care of; null if it was
   */
  void settled(@Nullable Throwable failure);
}
