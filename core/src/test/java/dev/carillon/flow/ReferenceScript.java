package dev.carillon.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a cycle do, by name: the same in the reference, where this is all that there
 * is, and in the engine, where the work of each part asks it.
 */
interface ReferenceScript {

  /** What an attempt is given. Parts without a context have iteration 0 and attempt 0. */
  interface Call {
    long iteration();

    int attempt();

    List<Object> inputs();

    Object read(Key<?> key);

    void write(Key<?> key, Object value);

    Outcome<?> outcome(String part);
  }

  /** {@return what an attempt gives} */
  @Nullable Object call(String part, Call call) throws Throwable;

  /** {@return what the guards of a part, or that of a branch, say} */
  default boolean guard(String node, long iteration) throws Exception {
    return true;
  }

  /** {@return what the loop's {@code until} says after an iteration} */
  default boolean until(long iteration) {
    return false;
  }

  /** {@return whether a finaliser fails} */
  default boolean finaliserFails(String name) {
    return false;
  }

  /** {@return whether undoing what a part did fails} */
  default boolean undoFails(String part) {
    return false;
  }
}
