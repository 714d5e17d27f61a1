package dev.carillon.flow;

import java.time.Duration;
import java.util.function.Consumer;

/** Branches that stand side by side. For the thread that defines the cycle. */
public sealed interface Split permits SplitDraft {

  /** {@return the name, with those of the branches around it} */
  String name();

  /**
   * Adds a branch.
   *
   * @param name unique in the split
   * @param body adds its parts
   * @return the branch
   */
  Branch branch(String name, Consumer<? super Branch> body);

  /**
   * Has the branches begin only after a part has a value.
   *
   * @param part a part of the same cycle, added before
   * @return this
   */
  Split under(Out<?> part);

  /**
   * Has the branches take part in an iteration only if a guard says so, asked once for all of them.
   *
   * @param guard says so
   * @return this
   */
  Split when(Guard guard);

  /**
   * Says what the failure of a part of these branches means that says nothing itself.
   *
   * @param policy what; no default
   * @return this
   */
  Split onError(OnError<Object> policy);

  /**
   * Says when all of these branches should have ended, counted from when the iteration began; as
   * {@link Out#deadline} for each part in them.
   *
   * @param fromBeginning how long after the iteration began
   * @return this
   */
  Split deadline(Duration fromBeginning);
}
