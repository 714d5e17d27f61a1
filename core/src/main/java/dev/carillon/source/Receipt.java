package dev.carillon.source;

/**
 * What an {@link Outlet} answers, once, when it is done with an item; what it answers after that is
 * ignored. Safe for use by any thread.
 */
public sealed interface Receipt permits Passage {

  /** The item has been taken care of: a source that starts again continues after it. */
  void done();

  /**
   * The item has not been taken care of; the source goes on by its policy.
   *
   * @param cause why
   */
  void failed(Throwable cause);

  /**
   * Has an action run if the source stops before this is answered, and does not wait any longer; at
   * once if that is so. For those who handle items on threads of their own: it interrupts them.
   *
   * @param action must be short
   */
  void onAbandoned(Runnable action);
}
