package dev.carillon.flow;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The value that a run has given last. */
final class RunOutput {
  private final LocalRun<?> run;
  private final CompiledPlan.@Nullable OutputPlan from; // null if it gives Done
  private final AtomicReference<@Nullable Object> latest = new AtomicReference<>();

  RunOutput(LocalRun<?> run) {
    this.run = run;
    this.from = run.plan().output;
  }

  /** {@return whether the value comes from a unit} */
  boolean isOf(UnitRun unit) {
    return from != null && from.from().unit() == unit.plan.index;
  }

  /** {@return the node whose value it is; only of a unit that it comes from} */
  int node() {
    return from == null ? 0 : from.from().node();
  }

  /** {@return whether it has checks, which are code of users} */
  boolean isChecked() {
    return from != null && !from.checks().isEmpty();
  }

  /**
   * {@return what the node gave, as the cycle gives it; null if it gave nothing}
   *
   * @throws ValidationException if it does not pass the cycle's checks, or what one of them throws
   */
  @Nullable Object of(@Nullable Ended gave) {
    if (from == null || gave == null || !gave.isUsable()) {
      return null;
    }
    var wire = new PartRules.WireRules(from.asResult(), from.checks());
    return Inputs.through(wire, gave, () -> "output of " + run.name());
  }

  /** Takes what another process has come to. */
  void resume(@Nullable Ended gave) {
    try {
      take(of(gave));
    } catch (Throwable e) { // a check of the user's, or what it says
      failed(0, e);
    }
  }

  /** The value has not passed its checks. */
  void failed(long iteration, Throwable cause) {
    CompiledPlan plan = run.plan();
    String part = from == null ? run.name() : plan.nameOf(from.from().unit(), from.from().node());
    run.failuresSoFar().add(part, iteration, 1, RunStatus.ERROR, cause, 0);
    run.raise(RunStatus.ERROR);
  }

  /** Takes a value, if there is one. */
  void take(@Nullable Object value) {
    if (value != null) {
      latest.set(value);
    }
  }

  /** {@return the value; null if there is none} */
  @Nullable Object get(boolean isOver) {
    return from == null && isOver ? Done.DONE : latest.get();
  }
}
