package dev.carillon.function;

/**
 * A function of two arguments.
 *
 * @param <A> type of argument 1
 * @param <B> type of argument 2
 * @param <R> type of the result
 */
@FunctionalInterface
public non-sealed interface Fn2<A, B, R> extends Fn {

  /**
   * Calls it.
   *
   * @param a argument 1
   * @param b argument 2
   * @return the result; null if it has none
   * @throws Exception if it fails
   */
  R call(A a, B b) throws Exception;
}
