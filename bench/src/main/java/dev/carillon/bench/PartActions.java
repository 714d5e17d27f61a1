package dev.carillon.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;

/**
 * Runs a graph again and again on a ForkJoinPool: an atomic counter per part; who makes parts ready
 * goes on with the first of them, and forks the others.
 */
final class PartActions {
  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);

  private final PartGraph graph;
  private final PartValues values; // published by the counters
  private final int[] remaining; // inputs without a value; as at first when all have run

  PartActions(PartGraph graph) {
    this.graph = graph;
    values = new PartValues(graph);
    remaining = new int[graph.parts()];
    for (int part = 0; part < remaining.length; part++) {
      remaining[part] = graph.inputs(part);
    }
  }

  /** {@return the value of the last part, when all have run} */
  Object run(ForkJoinPool pool) throws InterruptedException {
    var sinks = new CountDownLatch(graph.sinks());
    pool.execute(new Action(0, sinks));
    sinks.await();
    return values.last();
  }

  private final class Action extends RecursiveAction {
    private static final long serialVersionUID = 1;

    private final int first;
    private final transient CountDownLatch sinks;

    Action(int first, CountDownLatch sinks) {
      this.first = first;
      this.sinks = sinks;
    }

    @Override
    protected void compute() {
      int part = first;
      do {
        part = run(part);
      } while (part >= 0);
    }

    /** {@return a part that is ready now, or -1} */
    private int run(int part) {
      values.run(part);
      INT.setOpaque(remaining, part, graph.inputs(part));
      int next = -1;
      for (int i = 0; i < graph.outputs(part); i++) {
        int output = graph.output(part, i);
        if ((int) INT.getAndAdd(remaining, output, -1) != 1) {
          continue;
        }
        if (next < 0) {
          next = output;
        } else {
          new Action(output, sinks).fork();
        }
      }
      if (graph.outputs(part) == 0) {
        sinks.countDown();
      }
      return next;
    }
  }
}
