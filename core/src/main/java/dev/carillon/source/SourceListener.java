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
   * The state has changed. Called on the source's threads, in order, with no lock held that the
   * source needs for its work; it must be short. What it throws is logged.
   *
   * @param change from what to what
   */
  void changed(Change change);
}
