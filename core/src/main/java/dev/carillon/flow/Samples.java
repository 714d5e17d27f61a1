package dev.carillon.flow;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The latest usable outcomes of the nodes of a unit that other units take, and who waits for a
 * first one.
 */
final class Samples {

  private final int[] nodes; // sorted

  // guarded by this
  private final @Nullable Ended[] latest;
  private final Set<Runnable> waiting = new LinkedHashSet<>();
  private boolean isOver; // there will be no more

  Samples(int[] nodes) {
    this.nodes = nodes;
    this.latest = new @Nullable Ended[nodes.length];
  }

  /** A node has ended usably; nothing if nobody else takes it. */
  void take(int node, Object inCell) {
    int i = Arrays.binarySearch(nodes, node);
    if (i < 0) {
      return;
    }
    List<Runnable> told = List.of();
    synchronized (this) {
      if (latest[i] == null) {
        told = List.copyOf(waiting);
        waiting.clear();
      }
      latest[i] = Ended.of(inCell);
    }
    told.forEach(Runnable::run);
  }

  /** There will be no more. */
  void end() {
    synchronized (this) {
      isOver = true;
    }
    wake();
  }

  /** Has those who wait look again. */
  void wake() {
    List<Runnable> told;
    synchronized (this) {
      told = List.copyOf(waiting);
      waiting.clear();
    }
    told.forEach(Runnable::run);
  }

  /** {@return the latest usable ending of a node; null if there is none yet} */
  synchronized @Nullable Ended latest(int node) {
    return latest[Arrays.binarySearch(nodes, node)];
  }

  /** {@return whether there is none yet of a node, though there may be one some time} */
  synchronized boolean isMissing(int node) {
    return !isOver && latest[Arrays.binarySearch(nodes, node)] == null;
  }

  /** {@return whether there is none of a node, and will be none} */
  synchronized boolean isGone(int node) {
    return isOver && latest[Arrays.binarySearch(nodes, node)] == null;
  }

  /**
   * Has something done when a first outcome of any node is there, or none comes any more.
   *
   * @param node of which one is wanted
   * @param action short; calls no code of users; who asks again with the same waits once
   * @return false if there is nothing to wait for
   */
  synchronized boolean await(int node, Runnable action) {
    if (!isMissing(node)) {
      return false;
    }
    waiting.add(action);
    return true;
  }

  /** Has it not done, if it is not already about to be. */
  synchronized void forget(Runnable action) {
    waiting.remove(action);
  }
}
