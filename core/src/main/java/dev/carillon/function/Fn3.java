package dev.carillon.function;

/**
 * A function of three arguments.
 *
 * @param <A> type of argument 1
 * @param <B> type of argument 2
 * @param <C> type of argument 3
 * @param <R> type of the result
 */
@FunctionalInterface
public non-sealed interface Fn3<A, B, C, R> extends Fn {

  /**
   * Calls it.
   *
   * @param a argument 1
   * @param b argument 2
   * @param c argument 3
   * @return the result; null if it has none
   * @throws Exception if it fails
   */
  R call(A a, B b, C c) throws Exception;
}
