package dev.carillon.flow;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a random cycle do: pure functions of a seed, the part, the iteration, the
 * attempt and what it is given, so that the reference and the engine get the same answers.
 */
final class RandomScript implements ReferenceScript {

  /** A failure that was asked for. */
  static final class Scripted extends Exception {
    private static final long serialVersionUID = 1;
    final boolean isRetryable;

    Scripted(String message, boolean isRetryable) {
      super(message, null, false, false);
      this.isRetryable = isRetryable;
    }
  }

  /**
   * What is known of a part.
   *
   * @param failing of 100 attempts, so many fail
   * @param givesDone whether its value is {@link Done}
   */
  record Character(
      int failing, boolean givesDone, Set<Key<?>> read, Set<Key<?>> written, Set<String> asked) {}

  private static final int REFUSING = 25; // of 100 questions, a guard says no to so many
  private static final int THROWING = 4; // and throws at so many

  private final long seed;
  private final boolean throwsAtAll;
  private final boolean branchesThrow; // whether guards of branches do
  private final Map<String, Character> characters = new ConcurrentHashMap<>();
  private volatile long enough = Long.MAX_VALUE;

  RandomScript(long seed, boolean throwsAtAll, boolean branchesThrow) {
    this.seed = seed;
    this.throwsAtAll = throwsAtAll;
    this.branchesThrow = branchesThrow;
  }

  void add(String part, Character character) {
    characters.put(part, character);
  }

  /** Has the loop end after an iteration. */
  void enoughAfter(long iteration) {
    enough = iteration;
  }

  private long hash(Object... of) {
    long hash = seed;
    for (Object each : of) {
      hash = mix(hash * 31 + code(each));
    }
    return hash;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** {@return a number for what a part can be given, the same in each process} */
  private static long code(Object value) {
    return switch (value) {
      case Long number -> number;
      case Integer number -> number;
      case String text -> text.hashCode();
      case Done _ -> 3;
      case Boolean yes -> yes ? 5 : 7;
      case Result.Ok<?>(Object inner) -> 11 + 31 * code(inner);
      case Result.Err<?> _ -> 13;
      case Outcome.Success<?>(Object inner) -> 17 + 31 * code(inner);
      case Outcome.Fallback<?>(Object inner, _, boolean fatal) ->
          19 + 31 * code(inner) + (fatal ? 1 : 0);
      case Outcome.Skipped<?>(Outcome.Why why, _) -> 23 + why.ordinal();
      case Outcome.Propagated<?> _ -> 29;
      case Outcome.Failed<?> _ -> 31;
      case Outcome.Cancelled<?> _ -> 37;
      case List<?> list ->
          list.stream().mapToLong(RandomScript::code).reduce(41, (a, b) -> a * 31 + b);
      default -> throw new IllegalArgumentException("a value of a type unknown: " + value);
    };
  }

  private static int percent(long hash) {
    return (int) Math.floorMod(hash, 100L);
  }

  @Override
  public @Nullable Object call(String part, Call call) throws Throwable {
    Character character = characters.get(part);
    if (part.endsWith("/done")) {
      return Done.DONE; // the end of a cycle that gives nothing
    }
    if (character == null) {
      throw new IllegalStateException("a part of another cycle: part=" + part);
    }
    long hash = hash(part, call.iteration(), call.attempt(), call.inputs());
    for (Key<?> key : character.read) {
      hash = hash(hash, call.read(key));
    }
    for (String other : character.asked) {
      hash = hash(hash, call.outcome(other));
    }
    long chance = hash(hash, "fails");
    boolean fails = percent(chance) < character.failing;
    boolean failsLate = (chance & 1024) != 0;
    if (fails && !failsLate) {
      return fail(part, character, chance);
    }
    for (Key<?> key : character.written) {
      call.write(key, hash(hash, key.name()));
    }
    if (fails) {
      return fail(part, character, chance);
    }
    return character.givesDone ? Done.DONE : (Object) (hash & 0xffffff);
  }

  /** Fails in one of several ways; a part that gives nothing cannot throw what is checked. */
  private static @Nullable Object fail(String part, Character character, long chance)
      throws Scripted {
    int way = character.givesDone ? 0 : (int) Math.floorMod(chance >> 20, 8L);
    switch (way) {
      case 0 -> throw new AssertionError("scripted: " + part);
      case 1 -> {
        return null;
      }
      case 2, 3 -> throw new Scripted("scripted, final: " + part, false);
      default -> throw new Scripted("scripted: " + part, true);
    }
  }

  /** {@return whether a failure is worth another attempt} */
  static boolean isRetryable(Throwable failure) {
    return !(failure instanceof Scripted scripted) || scripted.isRetryable;
  }

  @Override
  public boolean guard(String node, long iteration) throws Scripted {
    int chance = percent(hash(node, iteration, "guard"));
    boolean mayThrow = throwsAtAll && (branchesThrow || !node.endsWith("guard"));
    if (mayThrow && chance >= 100 - THROWING) {
      throw new Scripted("guard of " + node, true);
    }
    return chance >= REFUSING;
  }

  @Override
  public boolean until(long iteration) {
    return iteration >= enough;
  }

  @Override
  public boolean finaliserFails(String name) {
    return throwsAtAll && percent(hash(name, "finaliser")) < 10;
  }
}
