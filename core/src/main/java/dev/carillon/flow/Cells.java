package dev.carillon.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a unit are up to, of each iteration under way: flat arrays, and how they are
 * shared.
 */
final class Cells {
  /*
   * A cell is a node in one iteration; its number is slot * nodes + node, and iteration k has slot
   * k mod slots. Of a cell:
   *
   * left: how many edges have not arrived yet. Whoever takes it from 1 to 0 decides the cell, and is
   *   the only one who works on it. He sets it back at once to what it is at the cell's next use,
   *   k + slots; no edge arrives there before this use is over, as slots is the window of iterations
   *   under way plus the reach of edges between iterations.
   *   Its bit SPOILT says that a predecessor did not simply succeed; it is set before that edge arrives.
   * ending, value: the outcome, written before the edges that leave the cell arrive, which is what
   *   those see it by; also read by anybody at any time, of explanations say, which is why they have
   *   the modes that they have. The ending is written last. It stays until the cell has another
   *   outcome; that it is one of the iteration now under way is told by a bit that changes from one
   *   use of the slot to the next. The value is an Ended unless the node succeeded; so who is not
   *   behind the cell, and may find a newer value than ending, asks the value alone how it ended.
   *
   * Counting down is a full fence, as is a compare-and-set; so what a predecessor wrote is seen by who
   * decides the cell, whichever arrival was the last.
   */
  private static final VarHandle LEFT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle ENDING = MethodHandles.arrayElementVarHandle(byte[].class);
  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final int USE = 0x40;
  private static final int SPOILT = 1 << 30;
  private static final Ending[] ENDINGS = Ending.values();

  final int nodes;
  final int slots;
  private final int[] left;
  private final byte[] ending; // ordinal + 1, and a bit of the use; 0 for none yet
  private final @Nullable Object[] value;
  private final UnitPlan plan;

  Cells(UnitPlan plan) {
    this.plan = plan;
    this.nodes = plan.nodes();
    this.slots = plan.window == 1 ? 1 : plan.window + plan.reach;
    int cells = Math.multiplyExact(nodes, slots);
    this.left = new int[cells];
    this.ending = new byte[cells];
    this.value = new @Nullable Object[cells];
    reset(0);
  }

  /** Prepares for iterations after one: edges from it and from those before it do not arrive. */
  void reset(long before) {
    Arrays.fill(ending, (byte) 0);
    for (int slot = 0; slot < slots; slot++) {
      System.arraycopy(plan.arrivals, 0, left, slot * nodes, nodes);
      left[slot * nodes]++; // the unit's own word that the iteration begins
    }
    int[] starts = plan.crossInStart;
    int[] distances = plan.crossInDistance;
    if (starts == null || distances == null) {
      return;
    }
    for (long k = before + 1; k <= before + slots; k++) {
      int base = base(k);
      for (int node = 0; node < nodes; node++) {
        for (int i = starts[node]; i < starts[node + 1]; i++) {
          if (k - distances[i] > before) {
            left[base + node]++;
          }
        }
      }
    }
  }

  int base(long iteration) {
    return slots == 1 ? 0 : (int) (iteration % slots) * nodes;
  }

  int node(int cell) {
    return slots == 1 ? cell : cell % nodes;
  }

  /** An edge arrives: {@return whether it was the last} */
  boolean arrive(int cell) {
    return ((int) LEFT.getAndAdd(left, cell, -1) & ~SPOILT) == 1;
  }

  /** Makes a cell ready for its next use; only by who decides it. */
  void rearm(int cell, int node) {
    int[] starts = plan.crossInStart;
    int arrivals = plan.arrivals[node];
    if (node == 0) {
      arrivals++;
    }
    if (starts != null) {
      arrivals += starts[node + 1] - starts[node];
    }
    left[cell] = arrivals;
  }

  /** {@return how many edges have not arrived; anything if others are at it} */
  int left(int cell) {
    return (int) LEFT.getOpaque(left, cell) & ~SPOILT;
  }

  /** An edge is about to arrive from a node that did not simply succeed. */
  void spoil(int cell) {
    LEFT.getAndBitwiseOr(left, cell, SPOILT);
  }

  /** {@return whether such an edge has arrived; only by who decides the cell} */
  boolean isSpoilt(int cell) {
    return left[cell] != 0;
  }

  /** Fixes an outcome. */
  @SuppressWarnings("EnumOrdinal") // the number leaves neither this class nor the process
  void end(int cell, Ending how, Object what, long iteration) {
    VALUE.setRelease(value, cell, what); // pairs with value()
    ENDING.setRelease(
        ending, cell, (byte) (how.ordinal() + 1 | use(iteration))); // pairs with below
  }

  private int use(long iteration) {
    return (iteration / slots & 1) == 0 ? 0 : USE;
  }

  /** {@return how a cell ended in an iteration that is under way or the latest; null if not yet} */
  @Nullable Ending ending(int cell, long iteration) {
    byte present = (byte) ENDING.getAcquire(ending, cell); // pairs with end()
    return present == 0 || (present & USE) != use(iteration) ? null : ENDINGS[(present & ~USE) - 1];
  }

  /** {@return how a cell ended last; null if never} */
  @Nullable Ending latest(int cell) {
    byte present = (byte) ENDING.getAcquire(ending, cell); // pairs with end()
    return present == 0 ? null : ENDINGS[(present & ~USE) - 1];
  }

  /**
   * {@return the value of a cell that succeeded, else its {@link Ended}; null if it never ended}
   */
  @Nullable Object value(int cell) {
    return VALUE.getAcquire(value, cell); // pairs with end()
  }

  /** {@return the value of a predecessor that succeeded; only by who decides what is behind it} */
  @Nullable Object input(int cell) {
    return value[cell];
  }
}
