package dev.carillon.flow;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What belongs to a whole cycle that is being defined, and not to one of its branches. */
final class CycleDraft {

  /** Where messages come from of which each is the input of an iteration. */
  record Messages<I>(Bus bus, Topic<I> topic) {}

  /** The name of what a cycle is given. */
  static final String INPUT = "input";

  final String cycleName;

  /** All parts in the order of the plan; the first is the input. */
  final List<PartDraft<?>> parts = new ArrayList<>();

  final BranchDraft<?> root;
  final CheckedWire<Done> nothing;

  Loop loop = Loop.once();
  @Nullable Messages<?> messages;
  boolean undoesOnFailure;
  @Nullable Out<?> output; // set when the definition has run

  /** What the plan and the parts of this cycle know each other by. */
  final Object identity = new Object();

  private boolean isBuilt;

  CycleDraft(String cycleName) {
    this.cycleName = PartNames.check(cycleName);
    this.root = root(this);
    this.nothing = new CheckedWire<>(parts.getFirst(), false, List.of());
  }

  private static <I> BranchDraft<I> root(CycleDraft cycle) {
    var root = new BranchDraft<I>(cycle, null, "", false);
    var input = new PartDraft<I>(root, 0, INPUT, Form.SOURCE, cycle.cycleName, List.of());
    cycle.parts.add(input);
    root.input = input;
    return root;
  }

  int nextId() {
    return parts.size();
  }

  void checkOpen() {
    if (isBuilt) {
      throw new IllegalStateException(
          "a cycle is wired while it is defined, and not afterwards: cycle=" + cycleName);
    }
  }

  void build() {
    isBuilt = true;
  }

  void listenTo(Messages<?> newMessages) {
    messages = newMessages;
    if (loop.most() == 1) {
      loop = loop.atMost(Long.MAX_VALUE);
    }
  }

  /** {@return whether it runs more than once} */
  boolean repeats() {
    return messages != null || loop.most() > 1;
  }

  /** {@return the part behind a wire, which has to be of this cycle} */
  PartDraft<?> own(Out<?> wire) {
    PartDraft<?> part = PartDraft.of(wire);
    if (!part.branch.cycle.equals(this)) {
      throw new IllegalArgumentException(
          "a part must be of the same cycle: part=%s of %s, cycle=%s"
              .formatted(part.name(), part.branch.cycle.cycleName, cycleName));
    }
    return part;
  }

  /** Checks a wire that is to be an input. */
  void ownWire(Out<?> wire) {
    PartDraft<?> part = own(wire);
    boolean asResult = wire instanceof CheckedWire<?> checked && checked.asResult();
    if (part.isPropagating() && !asResult) {
      throw new IllegalArgumentException(
          "a part that hands its failures on is wired by what propagating() returned: part="
              + part.name());
    }
    if (isNothing(wire)) {
      throw new IllegalArgumentException("nothing() is what a cycle returns, not an input");
    }
  }

  @SuppressWarnings("ReferenceEquality") // any other wire from the input is a real one
  boolean isNothing(@Nullable Out<?> wire) {
    return wire == nothing;
  }
}
