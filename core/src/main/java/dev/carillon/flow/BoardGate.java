package dev.carillon.flow;

import dev.carillon.flow.GateBoard.Arrival;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One gate of a {@link GateBoard}, which tells what it is for and guards it. Ordered by when the
 * rate has a permit.
 */
final class BoardGate implements Comparable<BoardGate> {
  private static final Comparator<BoardGate> ORDER =
      Comparator.comparingLong(BoardGate::opensAt).thenComparingInt(gate -> gate.index);

  final CompiledPlan.GatePlan plan;
  private final int index;
  private final int limit;
  private final @Nullable RateBucket rate;

  private final TreeSet<Arrival> contenders = new TreeSet<>();
  private boolean isPlaced;
  private @Nullable BoardGate around; // known once it is placed
  private @Nullable Arrival offered;
  private int inUse;
  private int waiting; // at this gate and at those within it

  BoardGate(int index, CompiledPlan.GatePlan plan) {
    this.index = index;
    this.plan = plan;
    this.limit = plan.limit().orElse(Integer.MAX_VALUE);
    this.rate = plan.rate() == null ? null : new RateBucket(plan.rate());
  }

  /** {@return whether this gate is behind another or, the first time it is asked, is put there} */
  boolean isBehind(@Nullable BoardGate other) {
    if (!isPlaced) {
      isPlaced = true;
      around = other;
    }
    return around == other;
  }

  @Nullable BoardGate around() {
    return around;
  }

  private BoardGate outermost() {
    BoardGate gate = this;
    for (BoardGate next = around; next != null; next = next.around) {
      gate = next;
    }
    return gate;
  }

  /** {@return when the rate has a permit, in the board's time; it may be past} */
  long opensAt() {
    return rate == null ? Long.MIN_VALUE : rate.opensAt();
  }

  private boolean hasRoom() {
    return inUse < limit;
  }

  private boolean isOpen(long now) {
    return hasRoom() && opensAt() <= now;
  }

  /** {@return whether it is wanted, and shut by nothing but its rate} */
  boolean awaitsItsRate(long now) {
    return !contenders.isEmpty() && hasRoom() && opensAt() > now;
  }

  /** {@return whether it and those around it are open, and nobody waits there} */
  boolean isFree(long now) {
    boolean isFree = outermost().waiting == 0;
    for (BoardGate gate = this; isFree && gate != null; gate = gate.around) {
      isFree = gate.isOpen(now);
    }
    return isFree;
  }

  /** Lets somebody in here who wants no gate within. */
  void join(Arrival arrival) {
    contenders.add(arrival);
    for (BoardGate gate = this; gate != null; gate = gate.around) {
      gate.waiting++;
    }
  }

  void leave(Arrival arrival) {
    contenders.remove(arrival);
    for (BoardGate gate = this; gate != null; gate = gate.around) {
      gate.waiting--;
    }
  }

  /** Takes a place in this gate and those around it, which are open. */
  void pass(long now) {
    for (BoardGate gate = this; gate != null; gate = gate.around) {
      gate.inUse++;
      if (gate.rate != null) {
        gate.rate.take(now);
      }
    }
  }

  /** Gives a place in this gate and those around it back. */
  void release() {
    for (BoardGate gate = this; gate != null; gate = gate.around) {
      if (gate.inUse == 0) {
        throw new IllegalStateException(
            "a gate must be passed before it is released: gate=\"" + gate.plan.name() + "\"");
      }
    }
    for (BoardGate gate = this; gate != null; gate = gate.around) {
      gate.inUse--;
    }
  }

  /** Has the gate around it, or the board, know who is first here, if it is open. */
  void offer(long now, Set<Arrival> firstOfTheBoard) {
    Arrival next = contenders.isEmpty() || !isOpen(now) ? null : contenders.first();
    if (next != offered) {
      Set<Arrival> outside = around == null ? firstOfTheBoard : around.contenders;
      if (offered != null) {
        outside.remove(offered);
      }
      if (next != null) {
        outside.add(next);
      }
      offered = next;
    }
  }

  GateBoard.GateState state() {
    return new GateBoard.GateState(plan.name(), inUse, plan.limit(), plan.rate(), waiting);
  }

  @Override
  public int compareTo(BoardGate other) {
    return ORDER.compare(this, other);
  }
}
