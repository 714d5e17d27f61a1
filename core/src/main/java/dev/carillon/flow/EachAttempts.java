package dev.carillon.flow;

import dev.carillon.schedule.TaskOptions;
import dev.carillon.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A part that does something for each element of a collection. */
final class EachAttempts {
  /*
   * Each element has attempts of its own, under the part's rules. The part ends when all of them have;
   * so `left` counts them, and one more for whoever begins them. What an element ends with is kept in
   * its place, and made the part's outcome by the last: a skipped element is left out, any other
   * failure is the part's, that of the first element if there are several.
   *
   * At most AHEAD elements are with the scheduler at once: when one ends, the next begins. An element
   * can end as it begins, in a run that is being cancelled; so who begins one while another thread is
   * at beginning leaves it to that, and the stack stays flat.
   */
  private static final int AHEAD = 1 << 10;

  private final UnitRun unit;
  private final int cell;
  private final int node;
  private final long iteration;
  private final @Nullable PartRules rules;
  private final @Nullable Object work;
  private final Object[] elements;
  private final @Nullable Object[] results; // each written once, before `left` goes down
  private final AtomicInteger left;
  private final AtomicInteger toBegin = new AtomicInteger(); // elements that are owed a beginning
  private int nextElement; // of who has taken toBegin from 0
  private final List<Element> open = new ArrayList<>(); // guarded by itself

  // guarded by this
  private @Nullable Throwable failure; // the first by the order of the elements
  private int failureAt = Integer.MAX_VALUE;
  private int failedAttempts;
  private boolean wasCancelled;
  private boolean isOutOfTime;
  private @Nullable Timer total;

  EachAttempts(
      UnitRun unit,
      int cell,
      int node,
      long iteration,
      @Nullable PartRules rules,
      @Nullable Object[] inputs) {
    this.unit = unit;
    this.cell = cell;
    this.node = node;
    this.iteration = iteration;
    this.rules = rules;
    this.work = unit.plan.work[node];
    this.elements = inputs[0] instanceof Collection<?> all ? all.toArray() : new Object[0];
    this.results = new @Nullable Object[elements.length];
    this.left = new AtomicInteger(elements.length + 1);
  }

  void begin(Worker worker) {
    long within = rules == null ? 0 : rules.withinNanos();
    if (within > 0) {
      synchronized (this) {
        total = unit.run.timer(within, this::outOfTime);
      }
    }
    begin(Math.min(AHEAD, elements.length));
    countDown(worker);
  }

  /** Begins so many elements more, as far as there are some. */
  private void begin(int count) {
    if (count == 0 || toBegin.getAndAdd(count) > 0) {
      return;
    }
    do {
      if (nextElement < elements.length) {
        begin(new Element(nextElement++));
      }
    } while (toBegin.decrementAndGet() > 0);
  }

  private void begin(Element element) {
    synchronized (open) {
      open.add(element);
    }
    boolean late;
    synchronized (this) {
      late = isOutOfTime;
    }
    element.begin();
    if (late) {
      element.cancel();
    }
  }

  private void outOfTime() {
    synchronized (this) {
      isOutOfTime = true;
    }
    List<Element> all;
    synchronized (open) {
      all = List.copyOf(open);
    }
    all.forEach(Attempts::cancel);
  }

  private void ended(Element element, Worker worker) {
    synchronized (open) {
      open.remove(element);
    }
    begin(1);
    countDown(worker);
  }

  private void countDown(Worker worker) {
    if (left.decrementAndGet() == 0) {
      finish(worker);
    }
  }

  private void finish(Worker worker) {
    Throwable cause;
    int attempts;
    boolean cancelled;
    synchronized (this) {
      if (total != null) {
        total.cancel();
      }
      cause = failure;
      attempts = failedAttempts;
      cancelled = wasCancelled && !isOutOfTime && cause == null;
      if (isOutOfTime && rules != null) {
        cause =
            new PartTimeoutException(
                "the whole of a part must end in time: part=%s, within=%s"
                    .formatted(unit.name(node), Duration.ofNanos(rules.withinNanos())));
      }
    }
    if (cancelled) {
      unit.finish(cell, node, Ended.CANCELLED, worker);
    } else if (cause != null) {
      unit.fail(cell, node, rules, cause, attempts, worker);
    } else {
      succeed(values(), worker);
    }
  }

  private void succeed(List<Object> list, Worker worker) {
    if (rules == null || rules.checks().isEmpty()) {
      unit.succeed(cell, node, list, worker);
      return;
    }
    switch (worker.ask(cell, () -> checked(rules.checks(), list))) {
      case null -> {} // it was given up at that
      case Result.Ok<List<Object>> _ -> unit.succeed(cell, node, list, worker);
      case Result.Err(Throwable cause) -> unit.failHere(cell, node, rules, cause, 1, worker);
    }
  }

  private List<Object> checked(List<Check> checks, List<Object> list) {
    Inputs.check(checks, list, false, () -> unit.name(node));
    return list;
  }

  private List<Object> values() {
    var values = new ArrayList<Object>(results.length);
    for (Object result : results) {
      if (result != null) {
        values.add(result);
      }
    }
    return List.copyOf(values);
  }

  private synchronized void elementFailed(int i, Throwable cause, int attempts) {
    if (i < failureAt) {
      failure = cause;
      failureAt = i;
      failedAttempts = attempts;
    }
  }

  /** One element. */
  private final class Element extends Attempts {
    private final int i;

    Element(int i) {
      super(
          EachAttempts.this.unit,
          EachAttempts.this.node,
          EachAttempts.this.iteration,
          EachAttempts.this.rules);
      this.i = i;
    }

    @Override
    @Nullable Object call(int number) throws Exception {
      return Calls.call(Form.EACH, work, new @Nullable Object[] {elements[i]}, null);
    }

    @Override
    void check(Object result) {} // the part's checks are of the list

    @Override
    String shownName() {
      return super.shownName() + "[" + i + "]";
    }

    @Override
    boolean isTimedByAnother() {
      return true;
    }

    @Override
    void succeeded(Object result, Worker worker) {
      results[i] = result;
      ended(this, worker);
    }

    @Override
    void failed(Throwable cause, int attempts, Worker worker) {
      OnError<Object> policy = rules == null ? OnError.cleanFail() : rules.lastResort();
      Ending how = Decision.failed(policy, false);
      if (how == Ending.SKIPPED_OWN) {
        unit.run
            .failuresSoFar()
            .addOfElement(
                new PartFailure(shownName(), iteration, attempts, RunStatus.OK, cause),
                unit.part(node),
                i);
      } else {
        elementFailed(i, cause, attempts);
        if (how.stopsRun) {
          unit.run.stopAtOnce();
        }
      }
      ended(this, worker);
    }

    @Override
    void cancelled(Worker worker) {
      synchronized (EachAttempts.this) {
        wasCancelled = true;
      }
      ended(this, worker);
    }

    @Override
    TaskOptions options() {
      return unit.options(node, rules, false);
    }
  }
}
