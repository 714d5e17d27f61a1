package dev.carillon.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The least that runs a graph in the order of its edges: a counter per node, a list of edges. */
final class CounterGraph {
  private static final VarHandle REMAINING;

  static {
    try {
      REMAINING = MethodHandles.lookup().findVarHandle(Node.class, "remaining", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LayeredGraph graph;
  private final Node[] nodes;
  private final IntConsumer body;
  private @Nullable CountDownLatch pending; // sinks, on a pool

  CounterGraph(LayeredGraph graph, IntConsumer body) {
    this.graph = graph;
    this.body = body;
    nodes = new Node[graph.nodes()];
    for (int i = 0; i < nodes.length; i++) {
      var node = new Node(i);
      for (int input : graph.inputs(i)) {
        nodes[input].outputs = new Edge(node, nodes[input].outputs);
      }
      node.remaining = graph.inputs(i).length;
      nodes[i] = node;
    }
  }

  private record Edge(Node to, @Nullable Edge next) {}

  private final class Node extends RecursiveAction {
    private static final long serialVersionUID = 1;

    final int id;
    transient @Nullable Edge outputs;

    @SuppressWarnings("UnusedVariable") // counted down by VarHandle
    int remaining;

    Node(int id) {
      this.id = id;
    }

    boolean countDown() {
      return (int) REMAINING.getAndAdd(this, -1) == 1;
    }

    @Override
    protected void compute() {
      body.accept(id);
      for (Edge edge = outputs; edge != null; edge = edge.next()) {
        if (edge.to().countDown()) {
          edge.to().fork();
        }
      }
      if (outputs == null) {
        pending.countDown();
      }
    }
  }

  /** Makes a graph that was run ready to run again on the caller. */
  void reset() {
    for (Node node : nodes) {
      node.remaining = graph.inputs(node.id).length;
    }
  }

  /** Runs the graph on the caller. */
  void run() {
    var ready = new ArrayDeque<Node>();
    for (Node node : nodes) {
      if (graph.inputs(node.id).length > 0) {
        break;
      }
      ready.add(node);
    }
    for (Node node = ready.poll(); node != null; node = ready.poll()) {
      body.accept(node.id);
      for (Edge edge = node.outputs; edge != null; edge = edge.next()) {
        if (edge.to().countDown()) {
          ready.add(edge.to());
        }
      }
    }
  }

  /** Runs the graph on a pool, and waits for it. */
  void run(ForkJoinPool pool) throws InterruptedException {
    pending = new CountDownLatch(graph.sinks().length);
    for (Node node : nodes) {
      if (graph.inputs(node.id).length > 0) {
        break;
      }
      pool.execute(node);
    }
    pending.await();
  }
}
