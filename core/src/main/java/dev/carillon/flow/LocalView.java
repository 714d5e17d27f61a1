package dev.carillon.flow;

import java.util.Optional;

/** What guards and loops see. */
record LocalView(UnitRun unit, long iteration) implements View {

  @Override
  public <T> T read(Key<T> key) {
    KeyValues values =
        key.scope() == Key.Lifetime.RUN ? unit.run.keys() : unit.keys.ofIteration(iteration);
    Object value = values.read(key);
    if (value == null) {
      value = key.initial();
    }
    if (value == null) {
      throw new IllegalStateException(
          "a key without an initial value must be written before it is read: key=%s, iteration=%d"
              .formatted(key.name(), iteration));
    }
    return key.type().cast(value);
  }

  @Override
  @SuppressWarnings("unchecked") // the part's own values; of a wire of results, results
  public <T> Optional<T> peek(Out<T> part) {
    CompiledPlan plan = unit.run.plan();
    int number = plan.number(part);
    UnitRun of = unit.run.unit(plan.unitOf(number));
    int node = plan.nodeOf(number);
    boolean asResult = part instanceof CheckedWire<?> wire && wire.asResult();
    return Optional.ofNullable((T) (asResult ? of.latest.result(node) : of.latest.value(node)));
  }
}
