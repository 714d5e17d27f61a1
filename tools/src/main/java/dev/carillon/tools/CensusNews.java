package dev.carillon.tools;

import dev.carillon.event.Poison;

/** Is told how a census goes, by the threads that take it. */
interface CensusNews {
  /** Takes no notice. */
  CensusNews NONE = new CensusNews() {};

  /** A few times a second, by the thread that awaits the end. */
  default void progress(long read, long pending) {}

  /** A class has a result. */
  default void measured(ClassNode<?> node) {}

  /** A class will have no result. */
  default void poisoned(ClassNode<?> node, Poison poison) {}
}
