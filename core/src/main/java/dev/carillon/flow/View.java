package dev.carillon.flow;

import java.util.Optional;

/** What a guard, a loop's condition or a part can see of the run. Safe for use by any thread. */
public sealed interface View permits PartContext, LocalView {

  /** {@return the iteration, 1 for the first} */
  long iteration();

  /**
   * {@return what a key holds: what is committed, and of a part also what it has written itself}
   *
   * @param key one that the part {@linkplain Out#reads reads} or writes; guards and loops may read
   *     any
   * @param <T> type of the value
   * @throws IllegalStateException if the part did not say that it reads the key, or nothing was
   *     written and there is no initial value
   */
  <T> T read(Key<T> key);

  /**
   * {@return the latest value of a part that is committed, of this iteration or an earlier one} If
   * the part is not before the one that asks, which one that is is a matter of chance.
   *
   * @param part whose value
   * @param <T> type of the value
   */
  <T> Optional<T> peek(Out<T> part);
}
