package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/** What a thread is at: the handling of a message, or a round of direct ones. */
sealed interface Here permits Handling, Round {

  /** {@return the handling; null between those of a round that began outside of any} */
  @Nullable Handling handling();
}
