package dev.carillon.flow;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A definition of parts and of how they hang together: immutable, checked, compiled, and run any
 * number of times.
 *
 * {@snippet :
 * Cycle<LocalDate, Report> etl = Cycle.define("etl", LocalDate.class, c -> {
 *   var orders = c.part("orders", api::orders, c.input()).onError(OnError.retry(r -> r.withMaxAttempts(5)));
 *   var rates = c.part("rates", api::rates, c.input()).onError(OnError.fallback(Rates.LAST));
 *   return c.part("load", db::upsert, orders, rates).locks("db:orders");
 * });
 * }
 *
 * <p>Safe for use by any thread.
 *
 * @param <I> type of its input
 * @param <O> type of its value
 */
public sealed interface Cycle<I, O> extends Placeable permits LocalCycle {

  /**
   * {@return a cycle with an input and a value}
   *
   * @param name shown wherever it is told of
   * @param input type of the input
   * @param body adds the parts, and returns the one whose value is the cycle's; called once, and
   *     again for each cycle that this one is added to
   * @param <I> type of the input
   * @param <O> type of the value
   * @throws PlanException if what was wired contradicts itself, saying how
   */
  static <I, O> Cycle<I, O> define(
      String name, Class<I> input, Function<? super Definition<I>, ? extends Out<O>> body) {
    return LocalCycle.define(name, input, body);
  }

  /**
   * {@return a cycle without an input}
   *
   * @param name shown wherever it is told of
   * @param body adds the parts, and returns the one whose value is the cycle's
   * @param <O> type of the value
   * @throws PlanException if what was wired contradicts itself, saying how
   */
  static <O> Cycle<Done, O> supply(
      String name, Function<? super Definition<Done>, ? extends Out<O>> body) {
    return LocalCycle.define(name, Done.class, body);
  }

  /**
   * {@return a cycle without an input and without a value}
   *
   * @param name shown wherever it is told of
   * @param body adds the parts
   * @throws PlanException if what was wired contradicts itself, saying how
   */
  static Cycle<Done, Done> of(String name, Consumer<? super Definition<Done>> body) {
    return supply(
        name,
        definition -> {
          body.accept(definition);
          return definition.nothing();
        });
  }

  /** {@return its name} */
  @Override
  String name();

  /** {@return type of its input} */
  Class<I> input();

  /** {@return when it runs again} */
  Loop loop();

  /** {@return what it was compiled to} */
  Plan plan();
}
