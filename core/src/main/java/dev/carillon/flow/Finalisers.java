package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is owed at the end of a run: the whole cycle's, and that of each branch that has begun. */
final class Finalisers {

  /** Is told of one that failed. */
  @FunctionalInterface
  interface Failed {
    void failed(String name, Throwable cause);
  }

  private final List<CompiledPlan.FinaliserPlan> plans;
  private final Set<Integer> begun = new LinkedHashSet<>(); // guarded by itself

  Finalisers(List<CompiledPlan.FinaliserPlan> plans) {
    this.plans = plans;
  }

  /** Some are owed from now on. */
  void begun(Collection<Integer> finalisers) {
    synchronized (begun) {
      begun.addAll(finalisers);
    }
  }

  /** Runs all that are owed, those that came first last, on this thread. */
  void run(Failed failed) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).always()) {
        order.add(i);
      }
    }
    synchronized (begun) {
      order.addAll(begun);
    }
    for (int i : order.reversed()) {
      CompiledPlan.FinaliserPlan finaliser = plans.get(i);
      try {
        finaliser.work().run();
      } catch (Throwable e) { // the user's: the others are run all the same
        failed.failed(finaliser.name(), e);
      }
    }
  }
}
