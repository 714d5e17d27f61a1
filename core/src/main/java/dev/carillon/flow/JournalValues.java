package dev.carillon.flow;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run's journal has by name: all that a run needs to go on, besides iterations. */
final class JournalValues {
  /*
   * key/NAME       what a key holds that lasts for the run, as of the iteration: what later
   *                iterations of a pipeline have written by then is not in it
   * value          what the part gave whose value is the cycle's
   * part/UNIT/NODE what a part gave that other units take
   * through/UNIT   the occurrence of the loop's schedule that the iteration was, on the wall clock
   * last/UNIT      the iteration with which the unit's loop ends, once that is known
   *
   * What parts gave is a list: of the value; of nothing if that is Done, which no codec has to
   * know; of a text and a mark if it is a failure that was handed on.
   */
  private static final String KEY = "key/";
  private static final String VALUE = "value";
  private static final String PART = "part/";
  private static final String THROUGH = "through/";
  private static final String LAST = "last/";
  private static final String FAILED = "failed";

  private JournalValues() {}

  /** {@return the type of what has a name; null if the plan has nothing of that name} */
  static @Nullable Class<?> typeOf(CompiledPlan plan, String name) {
    if (name.startsWith(KEY)) {
      Key<?> key = plan.keysOfRun().get(name.substring(KEY.length()));
      return key == null ? null : key.type();
    }
    if (name.equals(VALUE) || name.startsWith(PART)) {
      return List.class;
    }
    return name.startsWith(THROUGH) || name.startsWith(LAST) ? String.class : null;
  }

  // ── the input ──

  /** {@return what is written in an input's place} */
  static Object written(Object input) {
    return input == Done.DONE ? "" : input;
  }

  /**
   * {@return the input that was written}
   *
   * @throws JournalException if it is none of the cycle's
   */
  static Object read(Object written, LocalCycle<?, ?> cycle) {
    if (cycle.input() == Done.class) {
      return Done.DONE;
    }
    if (!cycle.input().isInstance(written)) {
      throw new JournalException(
          "a run goes on with an input of the cycle's type: cycle=%s, type=%s, input of %s"
              .formatted(cycle.name(), cycle.input().getName(), written.getClass().getName()),
          null);
    }
    return written;
  }

  // ── writing ──

  /**
   * {@return what an iteration that has ended leaves behind}
   *
   * @param through the occurrence of the loop's schedule; null if it has none
   * @param last with which iteration the loop ends; 0 if that is not known
   */
  static Map<String, Object> of(
      UnitRun unit, long iteration, @Nullable Instant through, long last) {
    var values = new HashMap<String, Object>();
    unit.keys.writtenForRun(iteration).forEach((key, value) -> values.put(KEY + key.name(), value));
    CompiledPlan.OutputPlan output = unit.run.plan().output;
    if (output != null && output.from().unit() == unit.plan.index) {
      put(values, VALUE, unit, iteration, output.from().node());
    }
    for (int node : unit.plan.exported) {
      put(values, PART + unit.plan.index + "/" + node, unit, iteration, node);
    }
    if (through != null) {
      values.put(THROUGH + unit.plan.index, through.toString());
    }
    if (last > 0) {
      values.put(LAST + unit.plan.index, Long.toString(last));
    }
    return values;
  }

  private static void put(
      Map<String, Object> values, String name, UnitRun unit, long iteration, int node) {
    Ended ended = unit.endingIn(iteration, node);
    if (ended == null || !ended.isUsable()) {
      return; // the latest that was usable stays
    }
    if (ended.how() == Ending.PROPAGATED) {
      values.put(name, List.of(String.valueOf(ended.cause()), FAILED));
    } else {
      values.put(name, ended.value() == Done.DONE ? List.of() : List.of(ended.given()));
    }
  }

  // ── reading ──

  /** {@return what the keys held} */
  static Map<Key<?>, Object> keys(CompiledPlan plan, Map<String, Object> values) {
    var keys = new HashMap<Key<?>, Object>();
    plan.keysOfRun()
        .forEach((name, key) -> {
          Object value = values.get(KEY + name);
          if (value != null) {
            keys.put(key, value);
          }
        });
    return keys;
  }

  /** {@return what the part gave whose value is the cycle's; null if nothing yet} */
  static @Nullable Ended output(Map<String, Object> values) {
    return ended(values.get(VALUE));
  }

  /** Gives a unit back what it was in. */
  static void restore(UnitRun unit, long iteration, Map<String, Object> values) {
    int index = unit.plan.index;
    for (int node : unit.plan.exported) {
      Ended gave = ended(values.get(PART + index + "/" + node));
      if (gave != null) {
        unit.samples.take(node, gave);
      }
    }
    Object through = values.get(THROUGH + index);
    Object last = values.get(LAST + index);
    unit.iterations.resume(
        iteration,
        through == null ? null : Instant.parse(through.toString()),
        last == null ? Long.MAX_VALUE : Long.parseLong(last.toString()));
  }

  private static @Nullable Ended ended(@Nullable Object written) {
    if (!(written instanceof List<?> list)) {
      return null;
    }
    return switch (list.size()) {
      case 0 -> Ended.success(Done.DONE);
      case 1 -> Ended.success(list.getFirst());
      default -> {
        String text = "it failed before the run was resumed: " + list.getFirst();
        yield new Ended(
            Ending.PROPAGATED,
            null,
            new PartFailedException(text, new JournalException(text, null)));
      }
    };
  }
}
