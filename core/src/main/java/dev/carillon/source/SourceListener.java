package dev.carillon.source;

import org.jspecify.annotations.Nullable;

/** Is told when a source's state changes. */
@FunctionalInterface
public interface SourceListener {

  /** Does nothing. */
  SourceListener NONE = _ -> {};

  /**
   * One change of state.
   *
   * @param source name of the source
   * @param from how it was
   * @param to how it is
   * @param detail what is known about it, for people: where it listens, why it failed, when it
   *     tries again
   * @param failure why it failed; null if it did not
   */
  record Change(
      String source,
      SourceState from,
      SourceState to,
      String detail,
      @Nullable Throwable failure) {}

  /**
   * The state has changed. Called on a thread of its own, for one change after another, with no
   * lock held. It may stop or start the source. A slow one delays what it is told next, and nothing
   * else; if more than 1,024 changes wait for it, the oldest are let go. What it throws is logged.
   *
   * @param change from what to what
   */
  void changed(Change change);
}
