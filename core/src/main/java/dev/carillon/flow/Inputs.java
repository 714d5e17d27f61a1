package dev.carillon.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what a part is given. */
final class Inputs {
  private Inputs() {}

  /** {@return how many of the D-predecessors of a node are inputs} */
  static int wired(Form form, @Nullable PartRules rules) {
    return switch (form) {
      case SOURCE, JOIN, CALL0, CONTEXT0 -> 0;
      case CALL1, CONTEXT1, EACH, CHILD -> 1;
      case CALL2, CONTEXT2 -> 2;
      case CALL3, CONTEXT3 -> 3;
      case CALL4, CONTEXT4 -> 4;
      case CALL5, CONTEXT5 -> 5;
      case ANY_SUCCESS, ALWAYS -> rules == null ? 0 : rules.wired();
    };
  }

  /**
   * {@return the arguments of a node's work}
   *
   * @throws ValidationException if one does not pass its check
   */
  static @Nullable Object[] of(
      UnitRun unit, int cell, int node, Form form, @Nullable PartRules rules) {
    int wired = wired(form, rules);
    int start = unit.plan.inStart[node];
    List<PartRules.WireRules> wires = rules == null ? List.of() : rules.wires();
    if (form != Form.ALWAYS && form != Form.ANY_SUCCESS) {
      var inputs = new @Nullable Object[wired];
      for (int i = 0; i < wired; i++) {
        inputs[i] = value(unit, unit.plan.ins[start + i], cell - node, wire(wires, i), node);
      }
      return inputs;
    }
    var inputs = new ArrayList<Object>(wired);
    for (int i = 0; i < wired; i++) {
      int in = unit.plan.ins[start + i];
      Ending how = unit.endingOf(in, cell - node);
      if (form == Form.ALWAYS) {
        inputs.add(outcome(unit, in, cell - node));
      } else if (how != null && how.isUsable) {
        inputs.add(value(unit, in, cell - node, wire(wires, i), node));
      }
    }
    return inputs.toArray();
  }

  private static PartRules.@Nullable WireRules wire(List<PartRules.WireRules> wires, int i) {
    return wires.isEmpty() ? null : wires.get(i);
  }

  private static @Nullable Ended ended(UnitRun unit, int in, int base) {
    if (in < 0) {
      return unit.run.sample(unit.plan.externals[~in]);
    }
    Object inCell = unit.cells.value(base + in);
    return inCell == null ? null : Ended.of(inCell);
  }

  private static Outcome<Object> outcome(UnitRun unit, int in, int base) {
    Ended ended = ended(unit, in, base);
    if (ended != null) {
      return ended.outcome();
    }
    return in < 0 ? new Outcome.Skipped<>(Outcome.Why.UPSTREAM, null) : new Outcome.Cancelled<>();
  }

  private static Object value(
      UnitRun unit, int in, int base, PartRules.@Nullable WireRules wire, int node) {
    Ended ended = ended(unit, in, base);
    if (ended == null || !ended.isUsable()) {
      throw new AssertionError("an input without a value: part=" + unit.name(node));
    }
    return wire == null ? ended.given() : through(wire, ended, () -> unit.name(node));
  }

  /** {@return what comes out at the end of a wire} */
  static Object through(PartRules.WireRules wire, Ended ended, Supplier<String> part) {
    Object carried = wire.asResult() ? ended.result() : ended.given();
    if (ended.hasValue()) {
      check(wire.checks(), carried, true, part);
    }
    return carried;
  }

  /**
   * Checks a value.
   *
   * @throws ValidationException if it does not pass
   */
  static void check(List<Check> checks, Object value, boolean isInput, Supplier<String> part) {
    for (Check check : checks) {
      if (!check.passes().test(value)) {
        throw new ValidationException(
            "%s of a part must pass its check: part=%s, rule=\"%s\", value=%s"
                .formatted(
                    isInput ? "an input" : "the value", part.get(), check.rule(), shown(value)),
            isInput);
      }
    }
  }

  private static String shown(Object value) {
    String text = String.valueOf(value);
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
