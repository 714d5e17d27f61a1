package dev.carillon.flow;

/**
 * What a part does that asks for its context, with 1 inputs.
 *
 * @param <A> type of an input
 * @param <R> type of the value
 */
@FunctionalInterface
public interface ContextFn1<A, R> {

  /**
   * {@return the part's value}
   *
   * @param context of the attempt
   * @param a an input
   * @throws Exception if it fails
   */
  R call(PartContext context, A a) throws Exception;
}
