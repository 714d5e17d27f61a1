package dev.carillon.flow;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a node is run, as far as that is not the default: what was said of the part, and what it
 * inherits from the branches around it.
 *
 * @param onError what a failure means; a retry may be around it
 * @param propagating whether failures are handed on after the retries
 * @param withinNanos bound of the whole; 0 for none
 * @param attemptNanos bound of each attempt; 0 for none
 * @param costNanos what an attempt is expected to take; 0 for what is known of the past
 * @param dueNanos when it should have ended, from when the iteration began, by its own deadline and
 *     those behind it; {@link Deadlines#NONE} for none
 * @param tailNanos what the dearest way from its end to the end of the cycle is said to cost
 * @param late what becomes of an attempt that begins after that
 * @param placement where it runs
 * @param site where else it runs; null for the placement
 * @param lane key of the order; null for none
 * @param band the priority; null for the run's
 * @param undo undoes a value; null for nothing
 * @param checks of its values
 * @param guards all of which must say so
 * @param locks sorted
 * @param needs permits by resource
 * @param readKeys those it may read, which include those it may write
 * @param writtenKeys those it may write
 * @param readParts numbers of the parts whose outcomes it may ask for
 * @param wired how many of the node's D-predecessors are inputs: the first so many
 * @param wires what is done on the way of each input; empty if nothing is, for any
 * @param gates indexes of the plan's gates that each attempt passes, the outermost first
 * @param begins indexes of the plan's finalisers that are owed once the part has begun
 */
record PartRules(
    OnError<Object> onError,
    boolean propagating,
    long withinNanos,
    long attemptNanos,
    long costNanos,
    long dueNanos,
    long tailNanos,
    Late late,
    Placement placement,
    @Nullable Site site,
    @Nullable Object lane,
    @Nullable Band band,
    @Nullable Consumer<Object> undo,
    List<Check> checks,
    List<Guard> guards,
    List<String> locks,
    Map<String, Long> needs,
    Set<Key<?>> readKeys,
    Set<Key<?>> writtenKeys,
    Set<Integer> readParts,
    int wired,
    List<WireRules> wires,
    List<Integer> gates,
    List<Integer> begins) {

  /**
   * What is done with a value on its way to who is given it.
   *
   * @param asResult whether it becomes a result
   * @param checks what it has to pass then
   */
  record WireRules(boolean asResult, List<Check> checks) {}

  /** {@return whether attempts are made through the scheduler, and not simply called} */
  boolean isManaged() {
    return withinNanos > 0
        || attemptNanos > 0
        || dueNanos != Deadlines.NONE
        || late != Late.RUN
        || !(placement.equals(Placement.CPU) || placement.equals(Placement.CALLER))
        || site != null
        || lane != null
        || band != null
        || !locks.isEmpty()
        || !needs.isEmpty()
        || !gates.isEmpty();
  }

  /** {@return whether nothing of users is asked before the scheduler has it} */
  boolean isHandedOn() {
    return guards.isEmpty() && wires.isEmpty() && isManaged();
  }

  /** {@return whether time counts that passes before a first failure} */
  boolean hasBudget() {
    return onError instanceof OnError.Again<Object> again && again.policy().budget() != null;
  }

  /** {@return whether they say nothing but what a failure means} */
  boolean isPlain() {
    return guards.isEmpty()
        && checks.isEmpty()
        && wires.isEmpty()
        && begins.isEmpty()
        && undo == null
        && !hasBudget()
        && !isManaged();
  }

  /** {@return the policy for the last failure} */
  OnError<Object> lastResort() {
    return onError instanceof OnError.Again<Object> again ? again.then() : onError;
  }
}
