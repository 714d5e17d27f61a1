package dev.carillon.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is owed at the end of a run: the whole cycle's, and that of each branch that has begun. */
final class Finalisers {
  /*
   * They are called one after another by one thread. If one hangs, and the run is or gets cancelled,
   * its thread is given up after a time, and another goes on with the next.
   */

  /** A thread that calls them; its cells are their places in the order. */
  private static final class Caller extends Worker {
    @Override
    void ready(int readyCell) {
      throw new AssertionError("a finaliser is no part");
    }
  }

  /** What is called now, by whom, and since when. */
  private record Call(Caller caller, CompiledPlan.FinaliserPlan finaliser, long since) {}

  private final LocalRun<?> run;
  private final List<CompiledPlan.FinaliserPlan> plans;
  private final Runnable then;
  private final Set<Integer> begun = new LinkedHashSet<>(); // guarded by itself
  private List<CompiledPlan.FinaliserPlan> owed = List.of(); // written before the first is called
  private volatile @Nullable Call now; // the latest; null before the first and after the last

  /**
   * Of a run, owed as its plan says.
   *
   * @param then what comes when all have run
   */
  Finalisers(LocalRun<?> run, Runnable then) {
    this.run = run;
    this.plans = run.plan().finalisers;
    this.then = then;
  }

  /** Some are owed from now on. */
  void begun(Collection<Integer> finalisers) {
    synchronized (begun) {
      begun.addAll(finalisers);
    }
  }

  /** Runs all that are owed, those that came first last. */
  void run() {
    owed = owed();
    goOn(0);
  }

  private List<CompiledPlan.FinaliserPlan> owed() {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).always()) {
        order.add(i);
      }
    }
    synchronized (begun) {
      order.addAll(begun);
    }
    return order.reversed().stream().map(plans::get).toList();
  }

  private void goOn(int from) {
    if (from == owed.size() || callAll(from)) {
      now = null;
      then.run();
    }
  }

  /** {@return whether this thread came to the end} */
  private boolean callAll(int from) {
    var caller = new Caller();
    caller.enter(run.recorder());
    try {
      for (int i = from; i < owed.size(); i++) {
        if (!call(i, caller)) {
          return false;
        }
      }
      return true;
    } finally {
      caller.leave(run.recorder());
    }
  }

  private boolean call(int i, Caller caller) {
    CompiledPlan.FinaliserPlan finaliser = owed.get(i);
    now = new Call(caller, finaliser, run.clock().nanos());
    Result<Done> said = caller.cleanUp(i, finaliser.work());
    if (said instanceof Result.Err(Throwable failure)) {
      failed(finaliser.name(), failure); // the others are run all the same
    }
    return said != null;
  }

  private void failed(String name, Throwable cause) {
    run.failuresSoFar().add(name, run.iteration(), 1, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    run.raise(RunStatus.ERROR);
  }

  /** Looks after who calls them while the run is being cancelled. */
  void lookAfter() {
    Call call = now;
    int at = call == null ? -1 : call.caller.look(run.clock(), run.cleanup());
    if (at < 0) {
      return;
    }
    String name = owed.get(at).name();
    failed(
        name,
        new PartTimeoutException(
            "a finaliser must end in time once a run is being cancelled: finaliser=%s, cleanup=%s"
                .formatted(name, run.flow().config().cleanup())));
    Errands.onOwnThread(run, () -> goOn(at + 1));
  }

  /** {@return what is called now, in words; empty if nothing is} */
  String doing() {
    Call call = now;
    return call == null
        ? ""
        : "runs the finaliser %s for %s"
            .formatted(
                call.finaliser.name(),
                ElapsedText.of(Duration.ofNanos(run.clock().nanos() - call.since)));
  }
}
