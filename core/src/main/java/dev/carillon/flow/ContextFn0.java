package dev.carillon.flow;

/**
 * What a part does that asks for its context, with 0 inputs.
 *
 * @param <R> type of the value
 */
@FunctionalInterface
public interface ContextFn0<R> {

  /**
   * {@return the part's value}
   *
   * @param context of the attempt
   * @throws Exception if it fails
   */
  R call(PartContext context) throws Exception;
}
