package dev.carillon.flow;

import dev.carillon.function.Registry;
import dev.carillon.function.RegistryConfig;
import dev.carillon.function.Scope;
import java.util.function.UnaryOperator;

/** Two registries that are seen from one scope. */
record LocalCycleRegistry(Registry<Part<?, ?>> parts, Registry<Cycle<?, ?>> cycles)
    implements CycleRegistry {

  static CycleRegistry open(UnaryOperator<RegistryConfig> configure) {
    return new LocalCycleRegistry(
        Registry.open("parts", partClass(), configure),
        Registry.open("cycles", cycleClass(), configure));
  }

  @SuppressWarnings("unchecked") // a class says nothing of what its objects take and give
  private static Class<Part<?, ?>> partClass() {
    return (Class<Part<?, ?>>) (Class<?>) Part.class;
  }

  @SuppressWarnings("unchecked") // as above
  private static Class<Cycle<?, ?>> cycleClass() {
    return (Class<Cycle<?, ?>>) (Class<?>) Cycle.class;
  }

  @Override
  public Scope scope() {
    return parts.scope();
  }

  @Override
  public CycleRegistry at(Scope other) {
    return new LocalCycleRegistry(parts.at(other), cycles.at(other));
  }

  @Override
  public <A, R> Part<A, R> register(Part<A, R> part) {
    parts.register(part.name(), part);
    return part;
  }

  @Override
  public <I, O> Cycle<I, O> register(Cycle<I, O> cycle) {
    cycles.register(cycle.name(), cycle);
    return cycle;
  }
}
