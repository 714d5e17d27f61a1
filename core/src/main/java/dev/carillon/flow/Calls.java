package dev.carillon.flow;

import dev.carillon.function.Fn0;
import dev.carillon.function.Fn1;
import dev.carillon.function.Fn2;
import dev.carillon.function.Fn3;
import dev.carillon.function.Fn4;
import dev.carillon.function.Fn5;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls the work of nodes. The types fit, as the wires of the definition had them; a node that is
 * called has its work, and inputs that have values.
 */
@SuppressWarnings({"unchecked", "NullAway"})
final class Calls {
  private Calls() {}

  /** Calls work whose inputs are plain values of the same iteration. */
  static @Nullable Object plain(
      Form form, @Nullable Object work, UnitPlan plan, Cells cells, int node, int base)
      throws Exception {
    int[] ins = plan.ins;
    int i = plan.inStart[node];
    return switch (form) {
      case CALL0 -> ((Fn0<Object>) work).call();
      case CALL1 -> ((Fn1<Object, Object>) work).call(cells.input(base + ins[i]));
      case CALL2 ->
          ((Fn2<Object, Object, Object>) work)
              .call(cells.input(base + ins[i]), cells.input(base + ins[i + 1]));
      case CALL3 ->
          ((Fn3<Object, Object, Object, Object>) work)
              .call(
                  cells.input(base + ins[i]),
                  cells.input(base + ins[i + 1]),
                  cells.input(base + ins[i + 2]));
      case CALL4, CALL5 -> {
        var args = new @Nullable Object[form == Form.CALL4 ? 4 : 5];
        for (int a = 0; a < args.length; a++) {
          args[a] = cells.input(base + ins[i + a]);
        }
        yield call(form, work, args, null);
      }
      default -> throw new AssertionError(form);
    };
  }

  /** Calls work of any form but those that are run in a way of their own. */
  static @Nullable Object call(
      Form form, @Nullable Object work, @Nullable Object[] a, @Nullable PartContext context)
      throws Exception {
    return switch (form) {
      case CALL0 -> ((Fn0<Object>) work).call();
      case CALL1, EACH -> ((Fn1<Object, Object>) work).call(a[0]);
      case CALL2 -> ((Fn2<Object, Object, Object>) work).call(a[0], a[1]);
      case CALL3 -> ((Fn3<Object, Object, Object, Object>) work).call(a[0], a[1], a[2]);
      case CALL4 ->
          ((Fn4<Object, Object, Object, Object, Object>) work).call(a[0], a[1], a[2], a[3]);
      case CALL5 ->
          ((Fn5<Object, Object, Object, Object, Object, Object>) work)
              .call(a[0], a[1], a[2], a[3], a[4]);
      case CONTEXT0 -> ((ContextFn0<Object>) work).call(context);
      case CONTEXT1 -> ((ContextFn1<Object, Object>) work).call(context, a[0]);
      case CONTEXT2 -> ((ContextFn2<Object, Object, Object>) work).call(context, a[0], a[1]);
      case CONTEXT3 ->
          ((ContextFn3<Object, Object, Object, Object>) work).call(context, a[0], a[1], a[2]);
      case CONTEXT4 ->
          ((ContextFn4<Object, Object, Object, Object, Object>) work)
              .call(context, a[0], a[1], a[2], a[3]);
      case CONTEXT5 ->
          ((ContextFn5<Object, Object, Object, Object, Object, Object>) work)
              .call(context, a[0], a[1], a[2], a[3], a[4]);
      case ANY_SUCCESS, ALWAYS -> ((Fn1<Object, Object>) work).call(List.of(a));
      case SOURCE, JOIN, CHILD -> throw new AssertionError(form);
    };
  }
}
