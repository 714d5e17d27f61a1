package dev.carillon.flow;

import dev.carillon.flow.Plan.OverriddenSync;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What holds on each axis in each branch, and which loop units follow from that. */
final class Axes {
  /*
   * An inner setting holds for what is in it, unless the whole cycle says something of the same axis.
   * A cycle that is pipelined is the exception: a barrier or another distance of a split in it is not
   * replaced, as it means something there only.
   *
   * `distance` is by how many iterations a consumer in the branch may be behind; 0 if nothing in it
   * overlaps, as it or what is around has a barrier.
   *
   * A branch that is independent has its branches repeat by themselves, and where a split is among
   * them, that split's branches. If it is the whole cycle, so do its parts. This is not inherited:
   * what repeats by itself has a barrier inside.
   */

  /**
   * What repeats as a whole.
   *
   * @param name empty for the cycle
   * @param group of those that keep within a slack of each other; -1 for none
   * @param slack how far ahead of the slowest of the group it may be
   */
  record Unit(String name, int group, int slack) {}

  private static final Sync.Between BARRIER = new Sync.Barrier();

  final Sync.Order[] order; // of each branch
  final int[] distance; // of each branch
  final boolean[] isClosed; // of each branch: whether it has a barrier of its own in a pipeline
  final int[] unit; // of each branch
  final int[] unitOfPart; // as said by its branch, but for parts of an independent cycle
  final List<Unit> units = new ArrayList<>();
  final Sync.Between between; // of the whole cycle
  final List<OverriddenSync> overridden = new ArrayList<>();
  final List<String> findings;

  private final BranchTree tree;

  Axes(BranchTree tree, int[] branchOfPart, List<String> findings) {
    this.tree = tree;
    this.findings = findings;
    int size = tree.size();
    order = new Sync.Order[size];
    distance = new int[size];
    isClosed = new boolean[size];
    unit = new int[size];
    Sync whole = tree.draft(0).sync;
    between = whole.between() == null ? BARRIER : whole.between();
    order[0] = whole.order() == null ? Sync.Order.PARALLEL : whole.order();
    distance[0] = between instanceof Sync.Pipelined pipelined ? pipelined.distance() : 0;
    units.add(new Unit("", -1, Sync.Independent.UNBOUNDED));
    int[] partUnits = divide(branchOfPart);
    for (int b = 1; b < size; b++) {
      orderOf(b, whole.order());
      distanceOf(b);
    }
    unitOfPart = partUnits;
  }

  private void orderOf(int branch, Sync.@Nullable Order whole) {
    Sync.Order own = tree.draft(branch).sync.order();
    order[branch] = own == null || whole != null ? order[tree.parent[branch]] : own;
    if (own != null && whole != null && own != whole) {
      overridden.add(
          new OverriddenSync(tree.draft(branch).name(), "order", words(own), words(whole)));
    }
  }

  private void distanceOf(int branch) {
    int around = distance[tree.parent[branch]];
    distance[branch] = around;
    Sync.Between own = effective(branch);
    if (own instanceof Sync.Pipelined pipelined) {
      if (around > 0) {
        distance[branch] = pipelined.distance();
      } else {
        findings.add(
            "%s of \"%s\" has nothing to overlap, as there is a barrier around it"
                .formatted(words(own), tree.draft(branch).name()));
      }
    } else if (own instanceof Sync.Barrier && around > 0) {
      distance[branch] = 0;
      isClosed[branch] = true;
    }
  }

  /** {@return what a branch says between iterations, if that is not replaced} */
  private Sync.@Nullable Between effective(int branch) {
    Sync.Between own = tree.draft(branch).sync.between();
    Sync.Between whole = tree.draft(0).sync.between();
    return branch == 0 || own == null || whole == null || !isReplaced(own, whole) ? own : null;
  }

  private static boolean isReplaced(Sync.Between own, Sync.Between whole) {
    return !(whole instanceof Sync.Pipelined) || own instanceof Sync.Independent;
  }

  // ── loop units ──

  /** Says of each branch to which unit it belongs; {@return the units of the parts}. */
  private int[] divide(int[] branchOfPart) {
    int[] groupInside = new int[tree.size()]; // of the units that a branch's branches are
    Arrays.fill(groupInside, -1);
    IntList slacks = new IntList();
    int[] partUnits = new int[branchOfPart.length];
    for (int b = 0; b < tree.size(); b++) {
      BranchDraft<?> draft = tree.draft(b);
      if (b > 0) {
        joinUnit(b, draft, groupInside, slacks);
      }
      Sync.Between own = effective(b);
      noteReplaced(b, own);
      if (own instanceof Sync.Independent independent) {
        groupInside[b] = slacks.size();
        slacks.add(independent.slack());
      }
    }
    for (int p = 1; p < partUnits.length; p++) {
      int b = branchOfPart[p];
      if (b == 0 && groupInside[0] >= 0) {
        String name = tree.draft(0).cycle.parts.get(p).name();
        partUnits[p] = newUnit(name, groupInside[0], slacks.get(groupInside[0]));
      } else {
        partUnits[p] = unit[b];
        if (groupInside[b] >= 0) {
          findings.add(
              "\"%s\" is not in a branch of \"%s\", and so not independent"
                  .formatted(tree.draft(0).cycle.parts.get(p).name(), tree.draft(b).name()));
        }
      }
    }
    return partUnits;
  }

  private void joinUnit(int branch, BranchDraft<?> draft, int[] groupInside, IntList slacks) {
    int around = tree.parent[branch];
    int group = groupInside[around];
    unit[branch] = unit[around];
    if (group < 0) {
      return;
    }
    if (draft.isSplit) {
      groupInside[branch] = group; // its branches are meant
    } else {
      unit[branch] = newUnit(draft.name(), group, slacks.get(group));
    }
  }

  private int newUnit(String name, int group, int slack) {
    units.add(new Unit(name, group, slack));
    return units.size() - 1;
  }

  private void noteReplaced(int branch, Sync.@Nullable Between holds) {
    Sync.Between own = tree.draft(branch).sync.between();
    Sync.Between whole = tree.draft(0).sync.between();
    if (own != null && whole != null && holds == null && !own.equals(whole)) {
      overridden.add(
          new OverriddenSync(tree.draft(branch).name(), "between", words(own), words(whole)));
    }
  }

  private static String words(Sync.Order order) {
    return switch (order) {
      case PARALLEL -> "parallel";
      case SEQUENTIAL -> "sequential";
      case LEVEL -> "level";
    };
  }

  private static String words(Sync.Between between) {
    return switch (between) {
      case Sync.Barrier _ -> "barrier";
      case Sync.Pipelined pipelined -> "pipelined(" + pipelined.distance() + ")";
      case Sync.Independent independent ->
          independent.slack() == Sync.Independent.UNBOUNDED
              ? "independent"
              : "independent(" + independent.slack() + ")";
    };
  }
}
