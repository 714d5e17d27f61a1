package dev.carillon.flow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tree of positions, which becomes the definition of a cycle. */
final class PositionBuilder<I> implements CycleBuilder<I> {
  /*
   * The tree consists of slots, which are empty or have a node; below a node are its slots: one
   * under a part, those of its parts under a split. The slots of a level are those below the nodes
   * of the level before, in order; as no node can come to that any more, their numbers are final.
   *
   * A line is what stands one below the other with no split between. It becomes the parts of one
   * branch, whose names must differ.
   */
  private static final String INPUT = "input";
  private static final String VALUES = "values";
  private static final int SHOWN = 20; // of the open positions, in an error

  private static final class Slot {
    final Set<String> line;
    @Nullable Node node;

    Slot(Set<String> line) {
      this.line = line;
    }
  }

  /**
   * What fills a slot.
   *
   * @param what the part or cycle; null for a split
   * @param label level and position
   * @param sync of a split
   * @param below the slots under it
   */
  private record Node(@Nullable Placeable what, String label, Sync sync, List<Slot> below) {}

  private final String name;
  private final Class<I> input;
  private final Slot root = new Slot(new HashSet<>(Set.of(INPUT, VALUES)));
  private Sync sync = Sync.INHERITED;
  private @Nullable Loop loop;
  private @Nullable OnError<Object> onError;
  private int level = 1; // the one that is being filled
  private List<Slot> slots = List.of(root); // its
  private boolean isBuilt;

  PositionBuilder(String name, Class<I> input) {
    this.name = PartNames.check(name);
    this.input = Objects.requireNonNull(input, "input");
  }

  // ── placing ──

  @Override
  public CycleBuilder<I> add(Placeable what, int atLevel, int position) {
    List<Slot> found = slotsOf(atLevel);
    Slot slot = open(found, atLevel, position);
    take(slot, what.name());
    slot.node = new Node(what, atLevel + "-" + position, Sync.INHERITED, List.of(below(slot)));
    level = atLevel;
    slots = found;
    return this;
  }

  private static Slot below(Slot slot) {
    return new Slot(slot.line);
  }

  private static void take(Slot slot, String partName) {
    if (!slot.line.add(partName)) {
      throw new IllegalArgumentException(
          "what stands below each other has other names, see Part.named: name=\""
              + partName
              + "\"");
    }
  }

  @Override
  public CycleBuilder<I> split(
      List<? extends Placeable> parts, int atLevel, int position, Sync how) {
    Objects.requireNonNull(how, "sync");
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a split has at least one part: parts=[]");
    }
    if (atLevel == 1) {
      throw new IllegalArgumentException(
          "level 1 is a part or a cycle, which can be split below: level=1, position=" + position);
    }
    List<Slot> found = slotsOf(atLevel);
    Slot slot = open(found, atLevel, position);
    String label = atLevel + "-" + position;
    var below = new ArrayList<Slot>();
    for (Placeable part : parts) {
      var child = new Slot(new HashSet<>());
      take(child, part.name());
      child.node = new Node(part, label, Sync.INHERITED, List.of(below(child)));
      below.add(child);
    }
    take(slot, label);
    take(slot, fork(label));
    slot.node = new Node(null, label, how, List.copyOf(below));
    level = atLevel;
    slots = found;
    return this;
  }

  private static String fork(String label) {
    return "split " + label;
  }

  /** {@return the slots of a level that is being filled or below it} */
  private List<Slot> slotsOf(int atLevel) {
    if (isBuilt) {
      throw new IllegalStateException("nothing is placed in a cycle that is built: cycle=" + name);
    }
    if (atLevel < level) {
      throw new IllegalArgumentException(
          "levels are filled one after another, from 1 on: level=%d, begun=%d; open: %s"
              .formatted(atLevel, level, openPositions()));
    }
    List<Slot> found = slots;
    for (int at = level; at < atLevel && !found.isEmpty(); at++) {
      found = belowAll(found);
    }
    return found;
  }

  private static List<Slot> belowAll(List<Slot> above) {
    var found = new ArrayList<Slot>();
    for (Slot slot : above) {
      if (slot.node != null) {
        found.addAll(slot.node.below());
      }
    }
    return found;
  }

  private Slot open(List<Slot> found, int atLevel, int position) {
    if (position < 1 || position > found.size()) {
      throw new IllegalArgumentException(
          "there is no such position: position=%d-%d; open: %s"
              .formatted(atLevel, position, openPositions()));
    }
    Slot slot = found.get(position - 1);
    Node there = slot.node;
    if (there != null) {
      throw new IllegalArgumentException(
          "a position is filled once: position=%d-%d, there is %s; open: %s"
              .formatted(atLevel, position, shown(there), openPositions()));
    }
    return slot;
  }

  private static String shown(Node node) {
    Placeable what = node.what();
    return what == null ? "a split of " + node.below().size() : "\"" + what.name() + "\"";
  }

  private String openPositions() {
    var open = new ArrayList<String>();
    List<Slot> at = slots;
    for (int each = level; !at.isEmpty() && open.size() <= SHOWN; each++) {
      for (int i = 0; i < at.size() && open.size() <= SHOWN; i++) {
        if (at.get(i).node == null) {
          open.add(open.size() == SHOWN ? "…" : each + "-" + (i + 1));
        }
      }
      at = belowAll(at);
    }
    return String.join(", ", open);
  }

  // ── of the whole ──

  @Override
  public CycleBuilder<I> sync(Sync how) {
    sync = Objects.requireNonNull(how, "sync");
    return this;
  }

  @Override
  public CycleBuilder<I> loop(Loop when) {
    loop = Objects.requireNonNull(when, "loop");
    return this;
  }

  @Override
  public CycleBuilder<I> onError(OnError<Object> policy) {
    if (CheckedWire.hasDefault(policy)) {
      throw new IllegalArgumentException(
          "a default is a part's own: cycle=%s, policy=%s".formatted(name, policy));
    }
    onError = policy;
    return this;
  }

  // ── building ──

  @Override
  public Cycle<I, List<Object>> build() {
    close();
    return Cycle.define(name, input, this::define);
  }

  @Override
  public Cycle<I, List<Object>> buildAndRegister(CycleRegistry registry) {
    return registry.register(build());
  }

  /** Ends the placing. */
  void close() {
    if (isBuilt || root.node == null) {
      throw new IllegalStateException(
          "a cycle is built once, with a part at level 1: cycle=%s, built=%s"
              .formatted(name, isBuilt));
    }
    isBuilt = true;
  }

  /** Adds all that was placed: {@return the part whose value is the cycle's} */
  Out<List<Object>> define(Definition<I> cycle) {
    cycle.sync(sync);
    if (loop != null) {
      cycle.loop(loop);
    }
    if (onError != null) {
      cycle.onError(onError);
    }
    var ends = new ArrayList<Out<?>>();
    addLine(cycle, root, cycle.input(), ends);
    return cycle.anySuccess(VALUES, values -> List.copyOf(values), ends);
  }

  private static void addLine(Branch branch, Slot first, Out<?> input, List<Out<?>> ends) {
    Out<?> above = input;
    Node node = first.node;
    while (node != null && node.what() != null) {
      above = Positioned.add(branch, node.what(), above);
      node = node.below().getFirst().node;
    }
    if (node == null) {
      ends.add(above);
    } else {
      addSplit(branch, node, above, ends);
    }
  }

  private static void addSplit(Branch branch, Node split, Out<?> above, List<Out<?>> ends) {
    Out<?> fork = branch.part(fork(split.label()), value -> value, above);
    branch.split(
        split.label(),
        split.sync(),
        branches -> {
          int number = 0;
          for (Slot slot : split.below()) {
            number++;
            branches.branch(Integer.toString(number), line -> addLine(line, slot, fork, ends));
          }
        });
  }
}
