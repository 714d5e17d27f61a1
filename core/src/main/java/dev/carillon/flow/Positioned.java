package dev.carillon.flow;

import dev.carillon.function.Bound;
import dev.carillon.function.Fn1;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/** Adds parts and cycles whose types are known when they run, and not before. */
final class Positioned {
  private Positioned() {}

  /** {@return the wire of what was added below another} */
  static Out<?> add(Branch branch, Placeable what, Out<?> above) {
    return switch (what) {
      case Part<?, ?> part -> addPart(branch, part, above);
      case Cycle<?, ?> cycle -> addCycle(branch, cycle, above);
    };
  }

  private static <A, R> Out<?> addPart(Branch branch, Part<A, R> part, Out<?> above) {
    Class<?> takes = inputOf(part.work());
    Out<R> added =
        takes.equals(Done.class)
            ? branch.add(withoutInput(part), widened(above))
            : branch.add(part, fitting(above, takes, part.name()));
    return PartDraft.of(added).isPropagating() ? added.propagating() : added;
  }

  @SuppressWarnings("unchecked") // it takes Done
  private static <A, R> Part<Object, R> withoutInput(Part<A, R> part) {
    var work = (Fn1<Object, ? extends R>) part.work();
    return new Part<>(part.name(), _ -> work.call(Done.DONE), part.settings());
  }

  private static <A, R> Out<R> addCycle(Branch branch, Cycle<A, R> cycle, Out<?> above) {
    Out<?> from =
        cycle.input().equals(Done.class)
            ? branch.part(cycle.name() + " starts", _ -> Done.DONE, above)
            : above;
    return branch.add(cycle, fitting(from, cycle.input(), cycle.name()));
  }

  @SuppressWarnings("unchecked") // values are only read from it
  private static Out<Object> widened(Out<?> wire) {
    return (Out<Object>) wire;
  }

  @SuppressWarnings("unchecked") // what is no such value does not come through
  private static <A> Out<A> fitting(Out<?> wire, Class<?> takes, String name) {
    return (Out<A>)
        (takes.equals(Object.class)
            ? wire
            : wire.checked(
                "\"%s\" takes values of %s".formatted(name, takes.getName()), takes::isInstance));
  }

  /** {@return what a work takes, as far as it says; {@code Object} if it does not} */
  static Class<?> inputOf(Fn1<?, ?> work) {
    Class<?> told = Bound.of(work).signature().parameters().getFirst().type();
    if (!told.equals(Object.class)) {
      return told;
    }
    List<Method> calls =
        Arrays.stream(work.getClass().getMethods())
            .filter(m -> m.getName().equals("call") && m.getParameterCount() == 1 && !m.isBridge())
            .toList();
    return calls.size() == 1 ? calls.getFirst().getParameterTypes()[0] : told;
  }
}
