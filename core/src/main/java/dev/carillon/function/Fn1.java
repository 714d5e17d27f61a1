package dev.carillon.function;

/**
 * A function of one argument.
 *
 * @param <A> type of argument 1
 * @param <R> type of the result
 */
@FunctionalInterface
public non-sealed interface Fn1<A, R> extends Fn {

  /**
   * Calls it.
   *
   * @param a argument 1
   * @return the result; null if it has none
   * @throws Exception if it fails
   */
  R call(A a) throws Exception;
}
