package dev.carillon.source;

import org.jspecify.annotations.Nullable;

/** Is told what became of an item. */
@FunctionalInterface
public interface SettledListener {

  /** Does nothing. */
  SettledListener NONE = _ -> {};

  /**
   * The item is done with, retries included. Called once, on any thread; it must not block and must
   * not throw.
   *
   * @param failure why it was not taken care of; null if it was
   */
  void settled(@Nullable Throwable failure);
}
