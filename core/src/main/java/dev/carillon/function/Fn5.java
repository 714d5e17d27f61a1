package dev.carillon.function;

/**
 * A function of five arguments.
 *
 * @param <A> type of argument 1
 * @param <B> type of argument 2
 * @param <C> type of argument 3
 * @param <D> type of argument 4
 * @param <E> type of argument 5
 * @param <R> type of the result
 */
@FunctionalInterface
public non-sealed interface Fn5<A, B, C, D, E, R> extends Fn {

  /**
   * Calls it.
   *
   * @param a argument 1
   * @param b argument 2
   * @param c argument 3
   * @param d argument 4
   * @param e argument 5
   * @return the result; null if it has none
   * @throws Exception if it fails
   */
  R call(A a, B b, C c, D d, E e) throws Exception;
}
