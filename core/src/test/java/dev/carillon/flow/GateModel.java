package dev.carillon.flow;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What a board of gates does, in obvious code: everything is looked at anew each time. */
final class GateModel {
  private final List<CompiledPlan.GatePlan> plans;
  private final List<Integer> parents; // -1 for an outermost gate
  private final int[] inUse;
  private final BigInteger[] level; // of the bucket, in permits times the period
  private long time;
  final List<Want> waiting = new ArrayList<>(); // in the order of their arrival

  /** Somebody who wants to pass a gate and those around it. */
  record Want(String name, int gate) {}

  GateModel(List<CompiledPlan.GatePlan> plans, List<Integer> parents) {
    this.plans = plans;
    this.parents = parents;
    this.inUse = new int[plans.size()];
    this.level = new BigInteger[plans.size()];
    for (int gate = 0; gate < level.length; gate++) {
      level[gate] = full(gate);
    }
  }

  private BigInteger period(int gate) {
    return BigInteger.valueOf(plans.get(gate).rate().period().toNanos());
  }

  private BigInteger full(int gate) {
    return plans.get(gate).rate() == null
        ? BigInteger.ZERO
        : period(gate).multiply(BigInteger.valueOf(plans.get(gate).rate().permits()));
  }

  /** {@return a gate and those around it, the outermost first} */
  List<Integer> path(int gate) {
    var path = new ArrayList<Integer>();
    for (int next = gate; next != -1; next = parents.get(next)) {
      path.addFirst(next);
    }
    return path;
  }

  private boolean isOpen(int gate) {
    var plan = plans.get(gate);
    return (plan.limit().isEmpty() || inUse[gate] < plan.limit().getAsInt())
        && (plan.rate() == null || level[gate].compareTo(period(gate)) >= 0);
  }

  /**
   * {@return whether somebody older wants a gate that this one wants, and all further in are open}
   */
  private boolean isBehindSomebody(Want want) {
    for (Want older : waiting.subList(0, waiting.indexOf(want))) {
      List<Integer> further = new ArrayList<>(path(older.gate()));
      boolean meet = further.removeAll(path(want.gate()));
      if (meet && further.stream().allMatch(this::isOpen)) {
        return true;
      }
    }
    return false;
  }

  void come(Want want) {
    waiting.add(want);
  }

  void leave(Want want) {
    waiting.remove(want);
  }

  void release(Want want) {
    path(want.gate()).forEach(gate -> inUse[gate]--);
  }

  void passTime(long nanos) {
    time += nanos;
    for (int gate = 0; gate < level.length; gate++) {
      if (plans.get(gate).rate() != null) {
        BigInteger filled =
            BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(plans.get(gate).rate().permits()));
        level[gate] = level[gate].add(filled).min(full(gate));
      }
    }
  }

  /** Lets through whose turn it is, and returns their names. */
  List<String> settle() {
    var admitted = new ArrayList<String>();
    for (Want next = next(); next != null; next = next()) {
      waiting.remove(next);
      for (int gate : path(next.gate())) {
        inUse[gate]++;
        if (plans.get(gate).rate() != null) {
          level[gate] = level[gate].subtract(period(gate));
        }
      }
      admitted.add(next.name());
    }
    return admitted;
  }

  private Want next() {
    return waiting.stream()
        .filter(want -> path(want.gate()).stream().allMatch(this::isOpen))
        .filter(want -> !isBehindSomebody(want))
        .findFirst()
        .orElse(null);
  }

  List<GateBoard.GateState> gates() {
    var states = new ArrayList<GateBoard.GateState>();
    for (int gate = 0; gate < plans.size(); gate++) {
      int here = gate;
      int count = (int) waiting.stream().filter(want -> path(want.gate()).contains(here)).count();
      var plan = plans.get(gate);
      states.add(
          new GateBoard.GateState(plan.name(), inUse[gate], plan.limit(), plan.rate(), count));
    }
    return states;
  }

  @Override
  public String toString() {
    return "at %d ns: %s, waiting %s".formatted(time, gates(), waiting);
  }
}
