package dev.carillon.flow;

import java.util.List;

/**
 * A cycle that is put together by positions: level by level, and from left to right.
 *
 * {@snippet :
 * Cycle<Done, List<Object>> cycle =
 *     CycleBuilder.named("nightly")
 *         .add(load, 1, 1)
 *         .split(List.of(check, count, save), 2, 1)  // fills 2-1, 3-1, 3-2 and 3-3
 *         .add(report, 4, 2)                         // is given what count gave
 *         .build();
 * }
 *
 * <p><b>Positions.</b> Level 1 has one position, for a part or cycle. What is added to a position
 * opens one on the next level, below it. A split fills its own position and opens nothing there:
 * its parts fill positions on the next level, side by side, and each opens one on the level below
 * that. The positions of a level are counted from 1, from left to right. A cycle that is added
 * fills one position, however many parts it has.
 *
 * <p>Levels are filled one after another: once something is placed on a level, nothing more is
 * placed on those above it, and positions that were left open there end. So what a position is
 * called never changes. A position is filled once; for several parts at one there are splits.
 *
 * <p><b>Values.</b> Each part is given the value of what is above it, at level 1 the cycle's input.
 * What takes {@link Done} is given that instead. That a value is what the part takes is checked
 * when it is given, as far as its work says: a lambda, a method reference and a class of its own
 * do, by the types that they declare, without those in angle brackets; a wrapper that is generic
 * does not. What does not fit is a failure of the part that is given it, and names the type; it is
 * not retried. The cycle gives the values of what has nothing below it, from left to right; those
 * that have none are left out.
 *
 * <p>In the plan, what stands in the {@code n}th branch of a split at 2-1 is called {@code
 * 2-1/n/name}. A split is a part too, {@code split 2-1}, that hands on what it is given, so levels
 * and positions of the plan are these; and the values are gathered by a part {@code values}.
 *
 * <p>{@link Cycle#define} is the form for all that this one cannot say: joins, several inputs, and
 * types that the compiler checks. For one thread.
 *
 * @param <I> type of the cycle's input
 */
public sealed interface CycleBuilder<I> permits PositionBuilder {

  /**
   * {@return an empty cycle without an input}
   *
   * @param name its name
   * @throws IllegalArgumentException if it is no name
   */
  static CycleBuilder<Done> named(String name) {
    return named(name, Done.class);
  }

  /**
   * {@return an empty cycle}
   *
   * @param name its name
   * @param input type of its input
   * @param <I> type of its input
   * @throws IllegalArgumentException if it is no name
   */
  static <I> CycleBuilder<I> named(String name, Class<I> input) {
    return new PositionBuilder<>(name, input);
  }

  /**
   * Places a part or cycle.
   *
   * @param what it
   * @param level 1 or more
   * @param position 1 or more
   * @return this
   * @throws IllegalArgumentException if the position is filled or there is none, saying which are
   *     open; or something of that name stands above it, with no split between
   * @throws IllegalStateException if the cycle is built
   */
  CycleBuilder<I> add(Placeable what, int level, int position);

  /**
   * Places a part or cycle at the first position of a level.
   *
   * @param what it
   * @param level 1 or more
   * @return this
   * @throws IllegalArgumentException as {@link #add(Placeable, int, int)}
   */
  default CycleBuilder<I> add(Placeable what, int level) {
    return add(what, level, 1);
  }

  /**
   * Splits: fills a position, and those below it with parts and cycles that stand side by side.
   *
   * @param parts from left to right, at least one
   * @param level 2 or more; that of the split, above its parts
   * @param position 1 or more
   * @param sync how the branches that begin with these parts are ordered
   * @return this
   * @throws IllegalArgumentException if there are no parts, the position is filled or there is
   *     none, saying which are open
   * @throws IllegalStateException if the cycle is built
   */
  CycleBuilder<I> split(List<? extends Placeable> parts, int level, int position, Sync sync);

  /**
   * Splits, with the order that is around.
   *
   * @param parts from left to right, at least one
   * @param level 2 or more; that of the split, above its parts
   * @param position 1 or more
   * @return this
   * @throws IllegalArgumentException as {@link #split(List, int, int, Sync)}
   */
  default CycleBuilder<I> split(List<? extends Placeable> parts, int level, int position) {
    return split(parts, level, position, Sync.INHERITED);
  }

  /**
   * Says how the parts of the whole cycle are ordered; that replaces what splits say.
   *
   * @param sync how
   * @return this
   */
  CycleBuilder<I> sync(Sync sync);

  /**
   * Says when the cycle runs again. Without it there is one iteration.
   *
   * @param loop when
   * @return this
   */
  CycleBuilder<I> loop(Loop loop);

  /**
   * Says what the failure of a part means that says nothing itself.
   *
   * @param policy what
   * @return this
   * @throws IllegalArgumentException if it is a default, or ends with one
   */
  CycleBuilder<I> onError(OnError<Object> policy);

  /**
   * {@return the cycle} Nothing more can be placed.
   *
   * @throws IllegalStateException if nothing stands at level 1, or the cycle is built already
   * @throws PlanException if it contradicts itself
   */
  Cycle<I, List<Object>> build();

  /**
   * {@return the cycle, registered}
   *
   * @param registry where, by its name
   * @throws IllegalStateException as {@link #build}
   * @throws PlanException if it contradicts itself
   * @throws dev.carillon.function.RegistryException if it cannot be registered
   */
  Cycle<I, List<Object>> buildAndRegister(CycleRegistry registry);
}
