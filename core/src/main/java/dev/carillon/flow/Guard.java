package dev.carillon.flow;

/**
 * Says whether a part takes part in an iteration. It is asked once in each, when all before it has
 * ended, on a thread of the scheduler's; it should be quick. What it throws is a failure of the
 * part.
 */
@FunctionalInterface
public interface Guard {

  /**
   * {@return whether the part is to run}
   *
   * @param view what can be known then
   * @throws Exception if that cannot be said; the part fails
   */
  boolean test(View view) throws Exception;

  /**
   * {@return a guard that says yes in the first iteration and in each {@code n}th after}
   *
   * @param n at least 1
   */
  static Guard every(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n must be at least 1: n=" + n);
    }
    return view -> (view.iteration() - 1) % n == 0;
  }
}
