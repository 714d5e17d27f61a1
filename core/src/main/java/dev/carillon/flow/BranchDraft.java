package dev.carillon.flow;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.function.Fn0;
import dev.carillon.function.Fn1;
import dev.carillon.function.Fn2;
import dev.carillon.function.Fn3;
import dev.carillon.function.Fn4;
import dev.carillon.function.Fn5;
import dev.carillon.schedule.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A branch, split or whole cycle that is being defined.
 *
 * @param <I> type of the input of the cycle that it is the whole of
 */
final class BranchDraft<I> implements Definition<I> {

  /** Something that is done when the run has ended. */
  record Finaliser(String name, Work work) {}

  final CycleDraft cycle;
  final @Nullable BranchDraft<?> parent; // null for the whole cycle
  final boolean isSplit; // whether its children are branches that stand side by side

  /** Parts and branches, in the order in which they were added. */
  final List<Object> children = new ArrayList<>();

  final List<Guard> guards = new ArrayList<>();
  final List<Finaliser> finalisers = new ArrayList<>();
  @Nullable PartDraft<?> under;
  Sync sync = Sync.INHERITED;
  @Nullable OnError<Object> onError; // null: inherited
  @Nullable Duration deadline; // in addition to those of the branches around it

  /** What it is started with, of a whole cycle or one that was added to another. */
  @Nullable Out<I> input;

  private final String path;
  private final Set<String> names = new HashSet<>();

  BranchDraft(CycleDraft cycle, @Nullable BranchDraft<?> parent, String path, boolean isSplit) {
    this.cycle = cycle;
    this.parent = parent;
    this.path = path;
    this.isSplit = isSplit;
  }

  boolean has(String simpleName) {
    return names.contains(simpleName);
  }

  String path(String simpleName) {
    return path.isEmpty() ? simpleName : path + "/" + simpleName;
  }

  @Override
  public String name() {
    return path;
  }

  private String freeName(String wanted) {
    String name = wanted;
    for (int i = 2; names.contains(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  private String take(String name) {
    cycle.checkOpen();
    PartNames.check(name);
    if (parent == null && name.equals(CycleDraft.INPUT)) {
      throw new IllegalArgumentException(
          "\"%s\" is the name of what a cycle is given, and of nothing else: cycle=%s"
              .formatted(name, cycle.cycleName));
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException(
          "a name must be unique in its branch: cycle=%s, branch=\"%s\", name=\"%s\""
              .formatted(cycle.cycleName, path, name));
    }
    return name;
  }

  /** {@return a new part} */
  <R> PartDraft<R> addPart(String name, Form form, Object work, List<? extends Out<?>> inputs) {
    Objects.requireNonNull(work, "work");
    for (Out<?> input : inputs) {
      cycle.ownWire(input);
    }
    var part = new PartDraft<R>(this, cycle.nextId(), take(name), form, work, List.copyOf(inputs));
    children.add(part);
    cycle.parts.add(part);
    return part;
  }

  @Override
  public <R> Out<R> part(String name, Fn0<? extends R> work) {
    return addPart(name, Form.call(0), work, List.of());
  }

  @Override
  public <A, R> Out<R> part(String name, Fn1<? super A, ? extends R> work, Out<A> a) {
    return addPart(name, Form.call(1), work, List.of(a));
  }

  @Override
  public <A, B, R> Out<R> part(
      String name, Fn2<? super A, ? super B, ? extends R> work, Out<A> a, Out<B> b) {
    return addPart(name, Form.call(2), work, List.of(a, b));
  }

  @Override
  public <A, B, C, R> Out<R> part(
      String name,
      Fn3<? super A, ? super B, ? super C, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c) {
    return addPart(name, Form.call(3), work, List.of(a, b, c));
  }

  @Override
  public <A, B, C, D, R> Out<R> part(
      String name,
      Fn4<? super A, ? super B, ? super C, ? super D, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d) {
    return addPart(name, Form.call(4), work, List.of(a, b, c, d));
  }

  @Override
  public <A, B, C, D, E, R> Out<R> part(
      String name,
      Fn5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d,
      Out<E> e) {
    return addPart(name, Form.call(5), work, List.of(a, b, c, d, e));
  }

  @Override
  public <R> Out<R> partWith(String name, ContextFn0<? extends R> work) {
    return addPart(name, Form.context(0), work, List.of());
  }

  @Override
  public <A, R> Out<R> partWith(String name, ContextFn1<? super A, ? extends R> work, Out<A> a) {
    return addPart(name, Form.context(1), work, List.of(a));
  }

  @Override
  public <A, B, R> Out<R> partWith(
      String name, ContextFn2<? super A, ? super B, ? extends R> work, Out<A> a, Out<B> b) {
    return addPart(name, Form.context(2), work, List.of(a, b));
  }

  @Override
  public <A, B, C, R> Out<R> partWith(
      String name,
      ContextFn3<? super A, ? super B, ? super C, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c) {
    return addPart(name, Form.context(3), work, List.of(a, b, c));
  }

  @Override
  public <A, B, C, D, R> Out<R> partWith(
      String name,
      ContextFn4<? super A, ? super B, ? super C, ? super D, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d) {
    return addPart(name, Form.context(4), work, List.of(a, b, c, d));
  }

  @Override
  public <A, B, C, D, E, R> Out<R> partWith(
      String name,
      ContextFn5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d,
      Out<E> e) {
    return addPart(name, Form.context(5), work, List.of(a, b, c, d, e));
  }

  @Override
  public Out<Done> act(String name, Work work) {
    Objects.requireNonNull(work, "work");
    Fn0<Done> call =
        () -> {
          work.run();
          return Done.DONE;
        };
    return addPart(name, Form.CALL0, call, List.of());
  }

  @Override
  public <A> Out<Done> act(String name, Consumer<? super A> work, Out<A> a) {
    Objects.requireNonNull(work, "work");
    Fn1<A, Done> call =
        value -> {
          work.accept(value);
          return Done.DONE;
        };
    return addPart(name, Form.CALL1, call, List.of(a));
  }

  @Override
  public <A, R> Out<R> add(Part<A, R> part, Out<A> a) {
    PartDraft<R> added = addPart(part.name(), Form.CALL1, part.work(), List.of(a));
    part.settings().accept(added);
    return added;
  }

  @Override
  public <A, R> Out<R> add(Cycle<A, R> other, Out<A> a) {
    var local = (LocalCycle<A, R>) other;
    if (local.repeats()) {
      return addPart(other.name(), Form.CHILD, other, List.of(a));
    }
    cycle.ownWire(a);
    BranchDraft<A> branch = newBranch(other.name(), false);
    branch.input = a;
    int first = cycle.parts.size();
    Out<R> output = local.defineIn(branch);
    if (!cycle.isNothing(output)) {
      return output;
    }
    Fn0<Done> done = () -> Done.DONE;
    PartDraft<R> end = branch.addPart(branch.freeName("done"), Form.CALL0, done, List.of());
    List<PartDraft<?>> others = cycle.parts.subList(first, cycle.parts.size() - 1);
    end.rules().after.addAll(others);
    return end;
  }

  @Override
  public <A, R> Out<List<R>> each(
      String name,
      Fn1<? super A, ? extends R> work,
      Out<? extends Collection<? extends A>> elements) {
    return addPart(name, Form.EACH, work, List.of(elements));
  }

  @Override
  public <A, R> Out<R> anySuccess(
      String name,
      Fn1<? super List<A>, ? extends R> work,
      List<? extends Out<? extends A>> inputs) {
    return addPart(name, Form.ANY_SUCCESS, work, atLeastOne(name, inputs));
  }

  @Override
  public <R> Out<R> always(
      String name, Fn1<? super List<Outcome<?>>, ? extends R> work, List<? extends Out<?>> inputs) {
    return addPart(name, Form.ALWAYS, work, atLeastOne(name, inputs));
  }

  private static List<? extends Out<?>> atLeastOne(String name, List<? extends Out<?>> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("a join needs at least one input: name=\"" + name + "\"");
    }
    return inputs;
  }

  private <A> BranchDraft<A> newBranch(String name, boolean split) {
    var branch = new BranchDraft<A>(cycle, this, path(take(name)), split);
    children.add(branch);
    return branch;
  }

  @Override
  public Split split(String name, Sync how, Consumer<? super Split> branches) {
    BranchDraft<?> branch = newBranch(name, true);
    branch.sync = Objects.requireNonNull(how, "sync");
    var split = new SplitDraft(branch);
    branches.accept(split);
    return split;
  }

  @Override
  public Branch branch(String name, Consumer<? super Branch> body) {
    BranchDraft<?> branch = newBranch(name, false);
    body.accept(branch);
    return branch;
  }

  @Override
  public Definition<I> under(Out<?> part) {
    cycle.checkOpen();
    under = cycle.own(part);
    return this;
  }

  @Override
  public Definition<I> when(Guard guard) {
    cycle.checkOpen();
    guards.add(Objects.requireNonNull(guard, "guard"));
    return this;
  }

  @Override
  public Definition<I> sync(Sync how) {
    cycle.checkOpen();
    sync = Objects.requireNonNull(how, "sync");
    return this;
  }

  @Override
  public Definition<I> onError(OnError<Object> policy) {
    cycle.checkOpen();
    if (CheckedWire.hasDefault(policy)) {
      throw new IllegalArgumentException(
          "a default is a part's own: branch=\"%s\", policy=%s".formatted(path, policy));
    }
    onError = policy;
    return this;
  }

  @Override
  public Definition<I> deadline(Duration fromBeginning) {
    cycle.checkOpen();
    deadline = PartDraft.positive("deadline", fromBeginning);
    return this;
  }

  @Override
  public Definition<I> anyway(String name, Work work) {
    finalisers.add(new Finaliser(take(name), Objects.requireNonNull(work, "work")));
    return this;
  }

  @Override
  public String toString() {
    return path.isEmpty() ? cycle.cycleName : path;
  }

  // ── what only a whole cycle says; one that is added to another keeps to what that says ──

  @Override
  public Out<I> input() {
    Out<I> own = input;
    if (own == null) {
      throw new IllegalStateException("a branch has no input of its own: branch=" + path);
    }
    return own;
  }

  @Override
  public Out<Done> nothing() {
    return cycle.nothing;
  }

  @Override
  public Definition<I> loop(Loop newLoop) {
    cycle.checkOpen();
    Objects.requireNonNull(newLoop, "loop");
    if (parent == null) {
      cycle.loop = newLoop;
    }
    return this;
  }

  @Override
  public Definition<I> loopOn(Bus bus, Topic<I> topic) {
    cycle.checkOpen();
    if (parent == null) {
      cycle.listenTo(new CycleDraft.Messages<>(bus, topic));
    }
    return this;
  }

  @Override
  public Definition<I> undoOnFailure() {
    cycle.checkOpen();
    cycle.undoesOnFailure |= parent == null;
    return this;
  }
}
