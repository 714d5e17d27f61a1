package dev.carillon.flow;

import dev.carillon.function.Registry;
import dev.carillon.function.RegistryConfig;
import dev.carillon.function.Scope;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Parts and cycles by name, in three scopes, as a {@link Registry} has them: each is found from
 * where it was registered, and what is global from everywhere. A part and a cycle can have the same
 * name.
 *
 * {@snippet :
 * CycleRegistry registry = CycleRegistry.open();
 * Part<String, Page> fetch = registry.register(Part.of("fetch", client::get));
 * Cycle<?, ?> nightly = registry.at(Scope.INTERNAL).requireCycle("nightly");
 * }
 *
 * <p>Safe for use by any thread. The memory consistency effects are those of {@link Registry}.
 */
public sealed interface CycleRegistry permits LocalCycleRegistry {

  /** {@return a new registry with the default settings, seen from {@link Scope#GLOBAL}} */
  static CycleRegistry open() {
    return open(config -> config);
  }

  /**
   * {@return a new registry, seen from {@link Scope#GLOBAL}}
   *
   * @param configure changes the default settings, which hold for parts and for cycles
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static CycleRegistry open(UnaryOperator<RegistryConfig> configure) {
    return LocalCycleRegistry.open(configure);
  }

  /** {@return from where it is seen} */
  Scope scope();

  /**
   * {@return the same registry, seen from another scope}
   *
   * @param other which
   * @throws dev.carillon.function.RegistryException if the caller is outside of the roots
   */
  CycleRegistry at(Scope other);

  /**
   * Registers a part by its name.
   *
   * @param part the part
   * @param <A> type of its input
   * @param <R> type of its value
   * @return the part
   * @throws dev.carillon.function.RegistryException as {@link Registry#register}
   * @throws IllegalArgumentException as {@link Registry#register}
   */
  <A, R> Part<A, R> register(Part<A, R> part);

  /**
   * Registers a cycle by its name.
   *
   * @param cycle the cycle
   * @param <I> type of its input
   * @param <O> type of its value
   * @return the cycle
   * @throws dev.carillon.function.RegistryException as {@link Registry#register}
   * @throws IllegalArgumentException as {@link Registry#register}
   */
  <I, O> Cycle<I, O> register(Cycle<I, O> cycle);

  /**
   * {@return the part of that name, in this scope or among everybody's}
   *
   * @param name its name
   * @throws dev.carillon.function.RegistryException if the caller is outside of the roots
   */
  default Optional<Part<?, ?>> findPart(String name) {
    return parts().find(name);
  }

  /**
   * {@return the cycle of that name, in this scope or among everybody's}
   *
   * @param name its name
   * @throws dev.carillon.function.RegistryException if the caller is outside of the roots
   */
  default Optional<Cycle<?, ?>> findCycle(String name) {
    return cycles().find(name);
  }

  /**
   * {@return the part of that name, in this scope or among everybody's}
   *
   * @param name its name
   * @throws dev.carillon.function.RegistryException if there is none, saying which names are like
   *     it; or if the caller is outside of the roots
   */
  default Part<?, ?> requirePart(String name) {
    return parts().require(name);
  }

  /**
   * {@return the cycle of that name, in this scope or among everybody's}
   *
   * @param name its name
   * @throws dev.carillon.function.RegistryException if there is none, saying which names are like
   *     it; or if the caller is outside of the roots
   */
  default Cycle<?, ?> requireCycle(String name) {
    return cycles().require(name);
  }

  /** {@return the parts, for all that a registry can do} */
  Registry<Part<?, ?>> parts();

  /** {@return the cycles, for all that a registry can do} */
  Registry<Cycle<?, ?>> cycles();
}
