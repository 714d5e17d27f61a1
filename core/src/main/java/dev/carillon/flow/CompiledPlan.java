package dev.carillon.flow;

import dev.carillon.schedule.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A compiled cycle. */
final class CompiledPlan implements Plan {
  private static final int SHOWN = 3; // names like one that there is not

  /**
   * A gate, made anew for each run.
   *
   * @param name of the branch whose it is
   * @param limit of attempts at once
   * @param rate of beginnings
   */
  record GatePlan(String name, OptionalInt limit, Sync.@Nullable Rate rate) {}

  /**
   * Something that is done when the run has ended.
   *
   * @param name its name, with those of the branches around it
   * @param work what
   * @param always whether it is owed in any case, as it is the whole cycle's
   */
  record FinaliserPlan(String name, Work work, boolean always) {}

  /**
   * What the cycle gives.
   *
   * @param from the node whose value it is
   * @param asResult whether as a result
   * @param checks what it has to pass
   */
  record OutputPlan(UnitPlan.External from, boolean asResult, List<Check> checks) {}

  final Object identity; // that of the draft
  final String name;
  final String[] names; // of the parts, in the order of the plan; 0 is the input
  final int[] levels; // of the parts; 0 for the input
  final UnitPlan[] units; // the first is that of the cycle as a whole
  final int @Nullable [] unitOf; // of each part; null if there is one unit
  final int @Nullable [] nodeOf; // of each part, in its unit; null if it is the part's number
  final GatePlan[] gates;
  final List<FinaliserPlan> finalisers; // in the order of the plan
  final @Nullable OutputPlan output; // null if it gives Done
  final Loop loop;
  final CycleDraft.@Nullable Messages<?> messages;
  final boolean undoesOnFailure;
  final List<OverriddenSync> overridden;
  final List<String> findings;

  CompiledPlan(
      CycleDraft draft,
      String[] names,
      int[] levels,
      UnitPlan[] units,
      int @Nullable [] unitOf,
      int @Nullable [] nodeOf,
      GatePlan[] gates,
      List<FinaliserPlan> finalisers,
      @Nullable OutputPlan output,
      List<OverriddenSync> overridden,
      List<String> findings) {
    this.identity = draft.identity;
    this.name = draft.cycleName;
    this.loop = draft.loop;
    this.messages = draft.messages;
    this.undoesOnFailure = draft.undoesOnFailure;
    this.names = names;
    this.levels = levels;
    this.units = units;
    this.unitOf = unitOf;
    this.nodeOf = nodeOf;
    this.gates = gates;
    this.finalisers = List.copyOf(finalisers);
    this.output = output;
    this.overridden = List.copyOf(overridden);
    this.findings = List.copyOf(findings);
  }

  int unitOf(int part) {
    int[] map = unitOf;
    return map == null ? 0 : map[part];
  }

  int nodeOf(int part) {
    int[] map = nodeOf;
    return map == null ? part : map[part];
  }

  /** {@return the name of the part or guard that a node is; empty for other joins} */
  String nameOf(int unit, int node) {
    int part = units[unit].part(node, names.length);
    return part < 0 ? units[unit].guardNames.getOrDefault(node, "") : names[part];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return names.length - 1;
  }

  @Override
  public List<PlannedPart> parts() {
    return new PlanView(this).parts();
  }

  @Override
  public PlannedPart part(String partName) {
    for (int part = 1; part < names.length; part++) {
      if (names[part].equals(partName)) {
        return new PlanView(this).part(part);
      }
    }
    throw new IllegalArgumentException(
        "a plan has only its own parts: plan=%s, part=\"%s\"%s"
            .formatted(name, partName, hint(partName)));
  }

  /** {@return the names with the same last piece in them, or how many parts there are} */
  private String hint(String asked) {
    String simple = asked.substring(asked.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    List<String> like =
        Arrays.stream(names)
            .skip(1)
            .filter(each -> each.toLowerCase(Locale.ROOT).contains(simple))
            .limit(SHOWN)
            .toList();
    return like.isEmpty()
        ? "; there are %d parts".formatted(size())
        : "; did you mean \"%s\"?".formatted(String.join("\" or \"", like));
  }

  @Override
  public List<OverriddenSync> overridden() {
    return overridden;
  }

  @Override
  public List<String> findings() {
    return findings;
  }

  @Override
  public String toDot() {
    return PlanDrawing.dot(this);
  }

  @Override
  public String toMermaid() {
    return PlanDrawing.mermaid(this);
  }

  @Override
  public PlanDiff diff(Plan other) {
    return PlanDiffs.between(this, other);
  }
}
