package dev.carillon.flow;

import dev.carillon.build.Gen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A script for small cases worked out by hand: each part gives its name unless told otherwise. */
final class ReferenceTable implements ReferenceScript {

  /** What an attempt does. */
  @FunctionalInterface
  interface Doing {
    @Nullable Object does(Call call) throws Throwable;
  }

  final List<String> calls = new ArrayList<>(); // part@iteration of each attempt, in their order
  private final Map<String, Doing> doings = new HashMap<>();
  private final Set<String> no = new HashSet<>();
  private final Set<String> throwing = new HashSet<>();
  private final Set<String> failing = new HashSet<>();
  private long enough = Long.MAX_VALUE;

  ReferenceTable does(String part, Doing doing) {
    doings.put(part, doing);
    return this;
  }

  /** Has every attempt of a part fail. */
  ReferenceTable fails(String part) {
    return does(
        part,
        _ -> {
          throw new IOException(part);
        });
  }

  /** Has the guards of a part, or that of a branch, say no. */
  ReferenceTable guardsNo(String node) {
    no.add(node);
    return this;
  }

  ReferenceTable guardThrows(String node) {
    throwing.add(node);
    return this;
  }

  ReferenceTable finaliserThrows(String name) {
    failing.add(name);
    return this;
  }

  ReferenceTable enoughAfter(long iteration) {
    enough = iteration;
    return this;
  }

  @Override
  public @Nullable Object call(String part, Call call) throws Throwable {
    calls.add(part);
    Doing doing = doings.get(part);
    return doing == null ? part : doing.does(call);
  }

  @Override
  public boolean guard(String node, long iteration) throws IOException {
    if (throwing.contains(node)) {
      throw new IOException(node);
    }
    return !no.contains(node);
  }

  @Override
  public boolean until(long iteration) {
    return iteration >= enough;
  }

  @Override
  public boolean finaliserFails(String name) {
    return failing.contains(name);
  }

  /** {@return the model of a definition} */
  static ReferenceModel model(Function<? super Definition<String>, ? extends Out<?>> body) {
    return ReferenceModel.of(
        LocalCycle.draft(
            "test",
            (Definition<String> c) -> {
              @SuppressWarnings("unchecked") // nobody looks at the type of the cycle's value
              var output = (Out<Object>) body.apply(c);
              return output;
            }));
  }

  /** {@return a run of a definition that has ended, in an order of chance} */
  RandomWalk walk(long seed, Function<? super Definition<String>, ? extends Out<?>> body) {
    calls.clear();
    return new RandomWalk(model(body), this, "in", new Gen(seed)).toTheEnd();
  }
}
