package dev.carillon.bench;

import java.util.concurrent.CountDownLatch;

/** Runs a graph with a virtual thread per part, which waits for its inputs at a latch. */
final class PartThreads {
  private final PartGraph graph;
  private final PartValues values; // published by the latches
  private final CountDownLatch[] ready;
  private final CountDownLatch sinks;

  PartThreads(PartGraph graph) {
    this.graph = graph;
    values = new PartValues(graph);
    ready = new CountDownLatch[graph.parts()];
    for (int part = 0; part < ready.length; part++) {
      ready[part] = new CountDownLatch(graph.inputs(part));
    }
    sinks = new CountDownLatch(graph.sinks());
  }

  /** {@return the value of the last part, when all have run} Works once. */
  Object run() throws InterruptedException {
    for (int part = 0; part < ready.length; part++) {
      int number = part;
      Thread.startVirtualThread(() -> run(number));
    }
    sinks.await();
    return values.last();
  }

  private void run(int part) {
    try {
      ready[part].await();
    } catch (InterruptedException e) {
      throw new BenchmarkException("nobody interrupts a part: part=" + part, e);
    }
    values.run(part);
    for (int i = 0; i < graph.outputs(part); i++) {
      ready[graph.output(part, i)].countDown();
    }
    if (graph.outputs(part) == 0) {
      sinks.countDown();
    }
  }
}
