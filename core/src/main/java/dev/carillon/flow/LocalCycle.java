package dev.carillon.flow;

import java.util.Objects;
import java.util.function.Function;

/** A cycle: its definition, and what that was compiled to. */
final class LocalCycle<I, O> implements Cycle<I, O> {
  private final Class<I> input;
  private final Function<? super Definition<I>, ? extends Out<O>> body;
  private final boolean repeats;
  private final CompiledPlan plan;
  private final Costs costs = new Costs();

  private LocalCycle(
      Class<I> input,
      Function<? super Definition<I>, ? extends Out<O>> body,
      boolean repeats,
      CompiledPlan plan) {
    this.input = input;
    this.body = body;
    this.repeats = repeats;
    this.plan = plan;
  }

  static <I, O> Cycle<I, O> define(
      String name, Class<I> input, Function<? super Definition<I>, ? extends Out<O>> body) {
    Objects.requireNonNull(input, "input");
    CycleDraft draft = draft(name, body);
    return new LocalCycle<>(input, body, draft.repeats(), PlanCompiler.compile(draft));
  }

  /** {@return the definition of a cycle as it was said, complete} */
  static <I, O> CycleDraft draft(
      String name, Function<? super Definition<I>, ? extends Out<O>> body) {
    var draft = new CycleDraft(name);
    @SuppressWarnings("unchecked") // the root's input is the cycle's
    var root = (BranchDraft<I>) draft.root;
    Out<O> output = Objects.requireNonNull(body.apply(root), "what the definition returned");
    draft.own(output);
    draft.output = output;
    draft.build();
    return draft;
  }

  /** {@return the part whose value is the cycle's, added to a branch of another cycle} */
  Out<O> defineIn(BranchDraft<I> branch) {
    return Objects.requireNonNull(body.apply(branch), "what the definition returned");
  }

  /** {@return what its parts cost in the past, in any run} */
  Costs costs() {
    return costs;
  }

  boolean repeats() {
    return repeats;
  }

  @Override
  public String name() {
    return plan.name();
  }

  @Override
  public Class<I> input() {
    return input;
  }

  @Override
  public Loop loop() {
    return plan.loop;
  }

  @Override
  public CompiledPlan plan() {
    return plan;
  }

  @Override
  public String toString() {
    return "Cycle[%s, parts=%d]".formatted(name(), plan.size());
  }
}
