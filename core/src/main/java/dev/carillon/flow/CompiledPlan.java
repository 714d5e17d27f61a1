package dev.carillon.flow;

import dev.carillon.schedule.Work;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.zip.CRC32C;
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
  final boolean isIndependent; // as a whole: each unit follows the loop
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
    this.isIndependent = draft.root.sync.between() instanceof Sync.Independent;
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

  /**
   * {@return the number of a part}
   *
   * @throws IllegalArgumentException if it is one of another cycle
   */
  int number(Out<?> wire) {
    PartDraft<?> part = PartDraft.of(wire);
    if (!part.branch.cycle.identity.equals(identity)) {
      throw new IllegalArgumentException(
          "a part must be of this cycle: part=%s of %s, cycle=%s"
              .formatted(part.name(), part.branch.cycle.cycleName, name));
    }
    return part.id;
  }

  /**
   * {@return the number of a part}
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  int number(String partName) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(partName)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "a part must be one of the cycle: cycle=%s, part=\"%s\"".formatted(name, partName));
  }

  /** {@return the rules that its nodes have, each once} */
  Set<PartRules> rules() {
    Set<PartRules> found = Collections.newSetFromMap(new IdentityHashMap<>());
    for (UnitPlan unit : units) {
      for (PartRules rules : unit.rules) {
        if (rules != null) {
          found.add(rules);
        }
      }
    }
    return found;
  }

  /** {@return the keys that last for a run, by name} */
  Map<String, Key<?>> keysOfRun() {
    var keys = new HashMap<String, Key<?>>();
    for (PartRules rules : rules()) {
      for (Key<?> key : rules.writtenKeys()) {
        if (key.scope() == Key.Lifetime.RUN) {
          keys.put(key.name(), key);
        }
      }
    }
    return keys;
  }

  /** {@return a text that is another one for a plan of other parts or edges} */
  String fingerprint() {
    var sum = new CRC32C();
    for (String partName : names) {
      sum.update(partName.getBytes(StandardCharsets.UTF_8));
      sum.update(0);
    }
    for (UnitPlan unit : units) {
      sum.update(Arrays.toString(unit.outs).getBytes(StandardCharsets.UTF_8));
      sum.update(unit.forms());
    }
    return "%d parts, %08x".formatted(size(), sum.getValue());
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
