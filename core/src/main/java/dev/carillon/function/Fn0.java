package dev.carillon.function;

/**
 * A function of no argument.
 *
 * @param <R> type of the result
 */
@FunctionalInterface
public non-sealed interface Fn0<R> extends Fn {

  /**
   * Calls it.
   *
   * @return the result; null if it has none
   * @throws Exception if it fails
   */
  R call() throws Exception;
}
