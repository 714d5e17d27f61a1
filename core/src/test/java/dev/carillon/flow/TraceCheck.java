package dev.carillon.flow;

import dev.carillon.flow.ReferenceAction.BeginAttempt;
import dev.carillon.flow.ReferenceAction.BeginIteration;
import dev.carillon.flow.ReferenceAction.Cancel;
import dev.carillon.flow.ReferenceAction.Decide;
import dev.carillon.flow.ReferenceAction.End;
import dev.carillon.flow.ReferenceAction.EndAttempt;
import dev.carillon.flow.ReferenceAction.EndIteration;
import dev.carillon.flow.ReferenceAction.EndRun;
import dev.carillon.flow.ReferenceAction.Stop;
import dev.carillon.flow.ReferenceCell.State;
import dev.carillon.flow.ReferenceModel.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an engine tells of a run, and whether the reference allows all of it. */
final class TraceCheck implements RunProbe {
  /*
   * Each thing that is told is an action of the reference. The values come along: the reference
   * calls the same script at the same steps, so that after the last action it knows what each part
   * must have given. What the engine tells of nodes without a name is left out: the source, the end
   * and barriers are none of the page's. Guards of branches can be among them; if they are not told
   * of, they are decided when something else would not be allowed without that.
   */

  /** What the numbers of the engine stand for. */
  interface Names {
    /** {@return the name of a part or guard; null for what is none} */
    @Nullable String node(int unit, int node);

    /** {@return the name of a unit; null for one that has no parts} */
    @Nullable String unit(int unit);
  }

  private static final int SHOWN = 30;
  private static final int LONGEST = 200_000;

  private final ReferenceModel model;
  private final ReferenceScript script;
  private final Object input;
  private final Names names;
  private final List<ReferenceAction> trace = new ArrayList<>(); // guarded by itself

  TraceCheck(ReferenceModel model, ReferenceScript script, Object input, Names names) {
    this.model = model;
    this.script = script;
    this.input = input;
    this.names = names;
  }

  // ── what is told ──

  private void add(ReferenceAction action) {
    synchronized (trace) {
      if (trace.size() >= LONGEST) { // ends what would go round for ever on one thread
        throw new AssertionError("more than is told of any run that ends: steps=" + LONGEST);
      }
      trace.add(action);
    }
  }

  private @Nullable String name(int unit, int node) {
    String name = names.node(unit, node);
    return name == null || model.node(name).isInput() ? null : name;
  }

  @Override
  public void iterationBegan(int unit, long iteration) {
    String name = names.unit(unit);
    if (name != null) {
      add(new BeginIteration(name, iteration));
    }
  }

  @Override
  public void admitted(int unit, int node, long iteration) {
    String name = name(unit, node);
    if (name != null && !model.node(name).isGuard()) {
      add(new Decide(name, iteration));
    }
  }

  @Override
  public void attemptBegan(int unit, int node, long iteration, int attempt) {
    String name = name(unit, node);
    if (name != null) {
      add(new BeginAttempt(name, iteration, attempt));
    }
  }

  @Override
  public void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {
    String name = name(unit, node);
    if (name != null) {
      add(new EndAttempt(name, iteration, attempt, ok));
    }
  }

  @Override
  public void ended(int unit, int node, long iteration, Ending ending) {
    String name = name(unit, node);
    if (name != null) {
      add(new End(name, iteration, ending));
    }
  }

  @Override
  public void iterationEnded(int unit, long iteration, RunStatus status) {
    String name = names.unit(unit);
    if (name != null) {
      add(new EndIteration(name, iteration, status));
    }
  }

  @Override
  public void runEnded(RunStatus status) {
    add(new EndRun(status));
  }

  /** Notes that {@code cancel()} is about to be called. */
  void cancelling() {
    add(new Cancel());
  }

  /** Notes that {@code stop()} is about to be called. */
  void stopping() {
    add(new Stop());
  }

  /** {@return what was told so far} */
  List<ReferenceAction> trace() {
    synchronized (trace) {
      return List.copyOf(trace);
    }
  }

  // ── whether it is allowed ──

  /**
   * {@return the run of the reference that did the same}
   *
   * @throws AssertionError if something was not allowed, or is missing
   */
  ReferenceRun check() {
    return check(model, script, input, trace());
  }

  /** {@return the run of the reference that does what a trace says} */
  static ReferenceRun check(
      ReferenceModel model, ReferenceScript script, Object input, List<ReferenceAction> trace) {
    var replay = new Replay(model, new ReferenceRun(model, script, input));
    for (int i = 0; i < trace.size(); i++) {
      String wrong = replay.wrongWith(trace.get(i));
      if (wrong != null) {
        throw new AssertionError(
            "step %d, %s: %s; before it:\n  %s"
                .formatted(i, trace.get(i), wrong, shown(trace.subList(0, i))));
      }
    }
    if (replay.run.ended().isEmpty()) {
      throw new AssertionError("the run did not end; the last steps:\n  " + shown(trace));
    }
    return replay.run;
  }

  private static String shown(List<ReferenceAction> steps) {
    return String.join(
        "\n  ",
        steps.subList(Math.max(0, steps.size() - SHOWN), steps.size()).stream()
            .map(ReferenceAction::toString)
            .toList());
  }

  /** A run of the reference that follows a trace. */
  private record Replay(ReferenceModel model, ReferenceRun run) {

    /** Does what was told; {@return what is wrong with it, or null} */
    @Nullable String wrongWith(ReferenceAction action) {
      return switch (action) {
        case Decide(String node, long k) -> wrongWithAdmission(action, node, k);
        case End(String node, long k, _) -> wrongWithEnd(action, node, k);
        case EndIteration _, EndRun _ -> {
          decideGuards();
          yield wrongIfDone(action);
        }
        default -> wrongIfDone(action);
      };
    }

    private @Nullable String wrongWithAdmission(ReferenceAction action, String node, long k) {
      String wrong = wrongIfDone(action);
      if (wrong != null) {
        return wrong;
      }
      ReferenceCell cell = run.state.cell(model.node(node), k);
      return cell.wasAdmitted ? null : "admitted, but it ends with " + cell.ending;
    }

    private @Nullable String wrongWithEnd(ReferenceAction action, String node, long k) {
      ReferenceCell cell = run.state.cellIfAny(model.node(node), k);
      boolean isKnownGuard = cell != null && cell.node.isGuard() && cell.hasEnded();
      if (isKnownGuard && action.equals(new End(node, k, cell.ending))) {
        return null;
      }
      if (cell != null && cell.state == State.WAITING) {
        String wrong = wrongIfDone(new Decide(node, k));
        if (wrong == null && cell.wasAdmitted) {
          wrong = "it was not admitted";
        }
        if (wrong != null) {
          return wrong;
        }
      }
      return wrongIfDone(action);
    }

    private @Nullable String wrongIfDone(ReferenceAction action) {
      String refusal = run.refusal(action);
      while (refusal != null && decideAGuard()) {
        refusal = run.refusal(action);
      }
      if (refusal == null) {
        run.apply(action);
      }
      return refusal;
    }

    private void decideGuards() {
      while (decideAGuard()) {}
    }

    /** {@return whether a guard of a branch could be decided} */
    private boolean decideAGuard() {
      for (Node node : model.nodes) {
        if (node.isGuard()) {
          for (long k : List.copyOf(run.state.loop(model.units.unitOf(node)).underWay)) {
            if (run.allows(new Decide(node.name, k))) {
              run.apply(new Decide(node.name, k));
              run.apply(new End(node.name, k, run.state.cell(node, k).ending));
              return true;
            }
          }
        }
      }
      return false;
    }
  }
}
