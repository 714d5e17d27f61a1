package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Fills a random definition with parts, branches and splits. */
final class RandomFiller {
  private static final Key<Long> TOTAL = Key.ofRun("total", Long.class, 0L);
  private static final Key<Long> STATE = Key.ofRun("state", Long.class, 1L);
  private static final Key<Long> SCRATCH =
      new Key<>("scratch", Long.class, Key.Lifetime.ITERATION, 2L);
  private static final List<Key<Long>> KEYS = List.of(TOTAL, STATE, SCRATCH);
  private static final int DEEPEST = 3;

  /**
   * A wire that others can take.
   *
   * @param unit the loop unit of its part
   * @param isResult whether it carries results
   * @param isSure whether its part has a value whenever what is around it lets it run
   */
  private record Wire(Out<Object> out, String unit, boolean isResult, boolean isSure) {}

  private final RandomCycle cycle;
  private final Gen gen;
  private final boolean fails;
  private final String prefix;
  private final int failing; // of 100 attempts of the parts that can fail
  private final List<Wire> wires = new ArrayList<>();
  private final Set<String> open = new HashSet<>(); // units that may never begin
  private String root = ""; // the name of what is filled
  private int left;
  private int number;
  private boolean isWhollyIndependent;
  private boolean isRepeatedBetweenSet;

  /**
   * Makes one for a cycle, or for another that is added to it.
   *
   * @param prefix of the names of parts, which tells them from those of other fillers
   */
  RandomFiller(RandomCycle cycle, Gen gen, boolean fails, String prefix) {
    this.prefix = prefix;
    this.cycle = cycle;
    this.gen = gen;
    this.fails = fails;
    this.failing = gen.oneOf(3, 10, 30);
  }

  /** Fills a whole cycle, and returns what it gives. */
  Out<Object> fill(Definition<?> c, int size) {
    root = c.name();
    left = gen.intBetween(Math.min(3, size), size);
    Sync.Between between = ((BranchDraft<?>) c).sync.between();
    isRepeatedBetweenSet = between != null;
    isWhollyIndependent = between instanceof Sync.Independent;
    @SuppressWarnings("unchecked") // all wires carry objects here
    var input = (Out<Object>) (Out<?>) c.input();
    wires.add(new Wire(input, "", false, true));
    if (gen.chance(0.2)) {
      c.undoOnFailure();
    }
    settings(c, true);
    while (left > 0) {
      add(c, 0, "");
    }
    List<Wire> own = wires.stream().filter(wire -> isPart(wire, c)).toList();
    if (own.isEmpty() || gen.chance(0.1)) {
      @SuppressWarnings("unchecked") // nobody looks at the type of the cycle's value
      var nothing = (Out<Object>) (Out<?>) c.nothing();
      return nothing;
    }
    return gen.oneOf(own).out;
  }

  private static boolean isPart(Wire wire, Definition<?> c) {
    return PartDraft.of(wire.out).form != Form.SOURCE
        && wire.out.name().startsWith(c.name())
        && wire.unit.isEmpty();
  }

  /** {@return whether a wire is of a part that was added here, and no input from elsewhere} */
  private boolean isOwn(Wire wire) {
    return PartDraft.of(wire.out).form != Form.SOURCE && wire.out.name().startsWith(root);
  }

  private void settings(Branch branch, boolean isCycle) {
    if (gen.chance(0.15)) {
      branch.onError(policy(false));
    }
    if (gen.chance(isCycle ? 0.3 : 0.15)) {
      for (int i = gen.intBetween(1, 2); i > 0; i--) {
        String name = prefix + "end" + number++;
        String path = path(branch, name);
        branch.anyway(
            name,
            () -> {
              cycle.done.add(path);
              if (cycle.script.finaliserFails(path)) {
                throw new RandomScript.Scripted(path, false);
              }
            });
      }
    }
  }

  private static String path(Branch branch, String name) {
    return branch.name().isEmpty() ? name : branch.name() + "/" + name;
  }

  // ── branches ──

  private void add(Branch to, int depth, String unit) {
    String name = prefix + "n" + number++;
    int kind = depth >= DEEPEST ? 0 : gen.intBetween(0, 11);
    String unitOfChild = isWhollyIndependent && depth == 0 ? path(to, name) : unit;
    if (kind == 11) {
      split(to, name, depth, unit);
    } else if (kind == 10) {
      to.branch(name, branch -> fillBranch(branch, depth + 1, unitOfChild, true));
    } else if (kind == 9 && cycle.profile.nested() && unit.isEmpty() && !isWhollyIndependent) {
      nested(to, name);
    } else {
      part(to, name, unitOfChild);
    }
  }

  private void split(Branch to, String name, int depth, String unit) {
    Sync sync = Sync.INHERITED;
    if (gen.chance(0.6)) {
      sync = sync.ordered(gen.oneOf(Sync.Order.values()));
    }
    if (gen.chance(0.2)) {
      sync = sync.maxConcurrent(gen.intBetween(1, 3));
    }
    boolean isIndependent = cycle.profile.independent() && !isRepeatedBetweenSet && gen.chance(0.3);
    if (isIndependent) {
      sync = sync.between(new Sync.Independent(gen.oneOf(0, 1, Sync.Independent.UNBOUNDED)));
    }
    int before = wires.size();
    Split split =
        to.split(
            name,
            sync,
            s -> {
              for (int i = gen.intBetween(1, 3); i > 0; i--) {
                String branchName = prefix + "b" + number++;
                boolean isUnit = isIndependent || (isWhollyIndependent && depth == 0);
                String unitOfBranch = isUnit ? s.name() + "/" + branchName : unit;
                s.branch(
                    branchName, branch -> fillBranch(branch, depth + 2, unitOfBranch, !isUnit));
              }
            });
    if (!(isWhollyIndependent && depth == 0)) {
      if (gen.chance(0.15)) {
        under(wires.subList(0, before), unit, split::under);
        if (!unit.isEmpty()) {
          noLongerSure(before);
        }
      }
      if (gen.chance(0.1)) {
        String guard = split.name() + "/guard";
        split.when(view -> cycle.script.guard(guard, view.iteration()));
      }
    }
  }

  private void fillBranch(Branch branch, int depth, String unit, boolean maySayBetween) {
    int before = wires.size();
    settings(branch, false);
    if (maySayBetween && gen.chance(0.15)) {
      branch.sync(Sync.INHERITED.ordered(gen.oneOf(Sync.Order.values())));
    }
    for (int i = gen.intBetween(1, 4); i > 0 && left > 0; i--) {
      add(branch, depth, unit);
    }
    if (gen.chance(0.15)) {
      under(wires.subList(0, before), unit, branch::under);
      if (!unit.isEmpty()) {
        noLongerSure(before);
      }
    }
    if (gen.chance(0.1)) {
      String guard = branch.name() + "/guard";
      branch.when(view -> cycle.script.guard(guard, view.iteration()));
    }
  }

  private void under(List<Wire> visible, String unit, Consumer<Out<Object>> under) {
    List<Wire> possible = visible.stream().filter(wire -> mayTake(wire, unit)).toList();
    if (!possible.isEmpty()) {
      Wire wire = gen.oneOf(possible);
      note(wire, unit);
      under.accept(wire.out);
    }
  }

  /** In a unit that goes on by itself, what is under something may never come. */
  private void noLongerSure(int from) {
    for (int i = from; i < wires.size(); i++) {
      Wire wire = wires.get(i);
      wires.set(i, new Wire(wire.out, wire.unit, wire.isResult, false));
    }
  }

  private void nested(Branch to, String name) {
    long seed = gen.anyLong();
    int size = gen.intBetween(1, 5);
    Sync.Order order = gen.chance(0.5) ? gen.oneOf(Sync.Order.values()) : null;
    Cycle<Object, Object> other =
        Cycle.define(
            name,
            Object.class,
            c -> {
              c.sync(order == null ? Sync.INHERITED : Sync.INHERITED.ordered(order));
              return new RandomFiller(cycle, new Gen(seed), fails, name + "x").fill(c, size);
            });
    List<Wire> possible =
        wires.stream().filter(wire -> mayTake(wire, "") && !wire.isResult).toList();
    left -= size;
    wires.add(new Wire(to.add(other, gen.oneOf(possible).out), "", true, false));
  }

  // ── wires ──

  private boolean mayTake(Wire wire, String unit) {
    boolean isOther = !wire.unit.equals(unit) && !wire.unit.isEmpty();
    if (!isOther || isWhollyIndependent) {
      return true;
    }
    boolean isWithin = wire.unit.startsWith(unit + "/"); // which would wait for each other
    return unit.isEmpty() ? isSureFromOutside(wire) : !isWithin;
  }

  private boolean isSureFromOutside(Wire wire) {
    return wire.isSure && !open.contains(wire.unit);
  }

  private void note(Wire wire, String unit) {
    boolean isOfBranch = !wire.unit.equals(unit) && !wire.unit.isEmpty();
    if (isOfBranch && !isSureFromOutside(wire)) {
      open.add(unit);
    }
  }

  private Wire take(String unit, boolean plain) {
    List<Wire> possible =
        wires.stream().filter(wire -> mayTake(wire, unit) && !(plain && wire.isResult)).toList();
    boolean isRecent = gen.chance(0.6);
    int from = isRecent ? Math.max(0, possible.size() - 4) : 0;
    Wire wire = gen.oneOf(possible.subList(from, possible.size()));
    note(wire, unit);
    return wire;
  }

  // ── parts ──

  private void part(Branch to, String name, String unit) {
    left--;
    var maker = new RandomPart(cycle, gen, to, path(to, name), name);
    boolean isJoin = gen.chance(0.12);
    int arity = isJoin ? gen.intBetween(1, 4) : gen.oneOf(0, 1, 1, 1, 2, 2, 3, 4, 5);
    var inputs = new ArrayList<Out<Object>>();
    boolean isSure = !isJoin && arity <= 1;
    for (int i = 0; i < arity; i++) {
      Wire wire = take(unit, isJoin);
      boolean isChecked = !isJoin && !wire.isResult && fails && gen.chance(0.08);
      isSure &= PartDraft.of(wire.out).form == Form.SOURCE && !isChecked;
      inputs.add(isChecked ? wire.out.checked("mostly", maker::passesMostly) : wire.out);
    }
    boolean mayFail = fails && gen.chance(0.6);
    Out<Object> out = maker.add(isJoin, inputs, mayFail ? failing : 0);
    isSure &= !mayFail;
    boolean isPropagating = mayFail && gen.chance(0.15);
    isSure &= !rules(out, maker, unit, mayFail, isPropagating);
    maker.build();
    if (isPropagating) {
      @SuppressWarnings("unchecked") // all wires carry objects here
      var results = (Out<Object>) (Out<?>) out.propagating();
      wires.add(new Wire(results, unit, true, false));
    } else {
      wires.add(new Wire(out, unit, maker.givesDone(), isSure));
    }
  }

  /** {@return whether they can keep the part from having a value} */
  private boolean rules(
      Out<Object> out, RandomPart maker, String unit, boolean mayFail, boolean isPropagating) {
    boolean isUnsure = false;
    if (mayFail && gen.chance(0.6)) {
      out.onError(policy(!isPropagating && !maker.givesDone()));
    }
    if (mayFail && !maker.givesDone() && gen.chance(0.15)) {
      out.validate("mostly", maker::passesMostly);
    }
    if (gen.chance(0.15)) {
      isUnsure = true;
      out.when(view -> cycle.script.guard(out.name(), view.iteration()));
    }
    if (gen.chance(0.1)) {
      out.on(gen.oneOf(Placement.CALLER, Placement.BLOCKING));
    }
    if (gen.chance(0.05)) {
      out.locks("lock");
    }
    if (gen.chance(0.02)) {
      out.deadline(RandomEngine.PATIENCE.plusMillis(gen.intBetween(-100, 100)));
    }
    if (gen.chance(0.2)) {
      out.undoneBy(value -> cycle.done.add("undo " + out.name() + " " + value));
    }
    List<Wire> same = wires.stream().filter(w -> w.unit.equals(unit) && isOwn(w)).toList();
    if (!same.isEmpty() && gen.chance(0.15)) {
      out.after(gen.oneOf(same).out);
    }
    List<Wire> plain = same.stream().filter(w -> !w.isResult).toList();
    if (maker.hasContext() && !plain.isEmpty() && gen.chance(0.12)) {
      Out<Object> other = gen.oneOf(plain).out;
      out.reads(other);
      maker.asks(other);
    }
    if (maker.hasContext() && unit.isEmpty() && gen.chance(0.25)) {
      isUnsure = true;
      Key<Long> key = gen.oneOf(KEYS);
      if (gen.chance(0.5)) {
        out.reads(key);
        maker.reads(key);
      } else {
        out.writes(key);
        maker.writes(key, !key.equals(SCRATCH) && gen.chance(0.5));
      }
    }
    return isUnsure;
  }

  private OnError<Object> policy(boolean mayHaveDefault) {
    OnError<Object> last = lastPolicy(mayHaveDefault);
    if (!gen.chance(0.4)) {
      return last;
    }
    int most = gen.intBetween(1, 3);
    Duration pause = Duration.ofMillis(gen.intBetween(0, 2));
    return OnError.retry(
        r ->
            r.withMaxAttempts(most)
                .withBackoff(Backoff.fixed(pause))
                .withRetryable(RandomScript::isRetryable),
        last);
  }

  private OnError<Object> lastPolicy(boolean mayHaveDefault) {
    return switch (gen.intBetween(0, 9)) {
      case 0 -> cycle.profile.halting() ? OnError.instantFail() : OnError.cleanFail();
      case 1 -> cycle.profile.halting() ? OnError.stopQuietly() : OnError.skip();
      case 2, 3 -> OnError.skip();
      case 4, 5 -> mayHaveDefault ? OnError.fallback(100L) : OnError.skip();
      case 6 -> mayHaveDefault ? OnError.fallbackFail(101L) : OnError.cleanFail();
      default -> OnError.cleanFail();
    };
  }
}
