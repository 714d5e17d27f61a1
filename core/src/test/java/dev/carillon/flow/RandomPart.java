package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.function.Fn1;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds one random part, whose work asks the script. */
final class RandomPart {

  /** What an attempt of the engine is given; without a context, if the part asks for none. */
  private record EngineCall(
      @Nullable PartContext context, Set<Out<Object>> asked, List<Object> inputs)
      implements ReferenceScript.Call {

    private PartContext required() {
      PartContext present = context;
      if (present == null) {
        throw new IllegalStateException("a part without a context");
      }
      return present;
    }

    @Override
    public long iteration() {
      return context == null ? 0 : context.iteration();
    }

    @Override
    public int attempt() {
      return context == null ? 0 : context.attempt();
    }

    @Override
    public Object read(Key<?> key) {
      return required().read(key);
    }

    @Override
    @SuppressWarnings("unchecked") // all keys here are of numbers
    public void write(Key<?> key, Object value) {
      required().write((Key<Object>) key, value);
    }

    @Override
    public Outcome<?> outcome(String part) {
      for (Out<Object> other : asked) {
        if (other.name().equals(part)) {
          return required().outcome(other);
        }
      }
      throw new IllegalArgumentException("not asked for: part=" + part);
    }
  }

  private final RandomCycle cycle;
  private final Gen gen;
  private final Branch branch;
  private final String path;
  private final String name;
  private final Set<Key<?>> read = new LinkedHashSet<>();
  private final Set<Key<?>> written = new LinkedHashSet<>();
  private final Set<Out<Object>> asked = new LinkedHashSet<>();
  private boolean hasContext;
  private boolean givesDone;
  private int failing;

  RandomPart(RandomCycle cycle, Gen gen, Branch branch, String path, String name) {
    this.cycle = cycle;
    this.gen = gen;
    this.branch = branch;
    this.path = path;
    this.name = name;
  }

  boolean hasContext() {
    return hasContext;
  }

  boolean givesDone() {
    return givesDone;
  }

  void asks(Out<Object> other) {
    asked.add(other);
  }

  void reads(Key<?> key) {
    read.add(key);
  }

  void writes(Key<?> key, boolean readsIt) {
    written.add(key);
    if (readsIt) {
      read.add(key);
    }
  }

  /** {@return whether a value is one of most} */
  boolean passesMostly(Object value) {
    return !(value instanceof Long number) || number % 8 != 3;
  }

  /** Tells the script what is known of the part. */
  void build() {
    var names = new LinkedHashSet<String>();
    asked.forEach(other -> names.add(other.name()));
    cycle.script.add(path, new RandomScript.Character(failing, givesDone, read, written, names));
  }

  private Object call(@Nullable PartContext context, Object... inputs) throws Exception {
    try {
      Object value = cycle.script.call(path, new EngineCall(context, asked, List.of(inputs)));
      return asIs(value);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("neither exception nor error", e);
    }
  }

  /** {@return the value; also null, which is one of the failures that are tried} */
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  private static Object asIs(@Nullable Object value) {
    return value;
  }

  private Object callWithAll(List<?> inputs) throws Exception {
    return call(null, inputs.toArray());
  }

  /** Adds the part with so many failures in 100 attempts. */
  Out<Object> add(boolean isJoin, List<Out<Object>> in, int failures) {
    failing = failures;
    if (isJoin) {
      var inputs = new ArrayList<>(in);
      Fn1<List<Object>, Object> any = this::callWithAll;
      Fn1<List<Outcome<?>>, Object> all = this::callWithAll;
      return gen.chance(0.5)
          ? branch.anySuccess(name, any, inputs)
          : branch.always(name, all, inputs);
    }
    if (in.size() <= 1 && gen.chance(0.08)) {
      return act(in);
    }
    hasContext = gen.chance(0.65);
    return hasContext ? withContext(in) : plain(in);
  }

  private Out<Object> act(List<Out<Object>> in) {
    givesDone = true;
    if (in.isEmpty()) {
      return objects(branch.act(name, () -> call(null)));
    }
    return objects(
        branch.act(
            name,
            (Object a) -> {
              try {
                call(null, a);
              } catch (Exception e) {
                throw new AssertionError("acts throw errors only", e);
              }
            },
            in.getFirst()));
  }

  @SuppressWarnings("unchecked") // all wires carry objects here
  private static Out<Object> objects(Out<?> out) {
    return (Out<Object>) out;
  }

  private Out<Object> plain(List<Out<Object>> in) {
    return switch (in.size()) {
      case 0 -> branch.part(name, () -> call(null));
      case 1 -> branch.part(name, a -> call(null, a), in.get(0));
      case 2 -> branch.part(name, (a, b) -> call(null, a, b), in.get(0), in.get(1));
      case 3 ->
          branch.part(name, (a, b, c) -> call(null, a, b, c), in.get(0), in.get(1), in.get(2));
      case 4 ->
          branch.part(
              name,
              (a, b, c, d) -> call(null, a, b, c, d),
              in.get(0),
              in.get(1),
              in.get(2),
              in.get(3));
      default ->
          branch.part(
              name,
              (a, b, c, d, e) -> call(null, a, b, c, d, e),
              in.get(0),
              in.get(1),
              in.get(2),
              in.get(3),
              in.get(4));
    };
  }

  private Out<Object> withContext(List<Out<Object>> in) {
    return switch (in.size()) {
      case 0 -> branch.partWith(name, x -> call(x));
      case 1 -> branch.partWith(name, (x, a) -> call(x, a), in.get(0));
      case 2 -> branch.partWith(name, (x, a, b) -> call(x, a, b), in.get(0), in.get(1));
      case 3 ->
          branch.partWith(name, (x, a, b, c) -> call(x, a, b, c), in.get(0), in.get(1), in.get(2));
      case 4 ->
          branch.partWith(
              name,
              (x, a, b, c, d) -> call(x, a, b, c, d),
              in.get(0),
              in.get(1),
              in.get(2),
              in.get(3));
      default ->
          branch.partWith(
              name,
              (x, a, b, c, d, e) -> call(x, a, b, c, d, e),
              in.get(0),
              in.get(1),
              in.get(2),
              in.get(3),
              in.get(4));
    };
  }
}
