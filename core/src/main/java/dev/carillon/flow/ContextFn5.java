package dev.carillon.flow;

/**
 * What a part does that asks for its context, with 5 inputs.
 *
 * @param <A> type of an input
 * @param <B> type of an input
 * @param <C> type of an input
 * @param <D> type of an input
 * @param <E> type of an input
 * @param <R> type of the value
 */
@FunctionalInterface
public interface ContextFn5<A, B, C, D, E, R> {

  /**
   * {@return the part's value}
   *
   * @param context of the attempt
   * @param a an input
   * @param b an input
   * @param c an input
   * @param d an input
   * @param e an input
   * @throws Exception if it fails
   */
  R call(PartContext context, A a, B b, C c, D d, E e) throws Exception;
}
