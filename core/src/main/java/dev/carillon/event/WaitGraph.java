package dev.carillon.event;

import java.util.List;

/**
 * Who waits for what in an event system at about one moment.
 *
 * @param edges every wait that was found
 * @param cycles waits that come back to where they began and so can never end by themselves, each
 *     given once, by its edges in order
 */
public record WaitGraph(List<Edge> edges, List<List<Edge>> cycles) {

  /** Copies the lists. */
  public WaitGraph {
    edges = List.copyOf(edges);
    cycles = cycles.stream().map(List::copyOf).toList();
  }

  /**
   * One wait.
   *
   * @param waiter who waits: an event, or a thread as {@code thread "name"}
   * @param awaited for what: an event, or the thread that has the duty to complete an event
   * @param how in which way, such as {@code merge}, {@code await} or {@code guarded by}
   */
  public record Edge(String waiter, String awaited, String how) {
    @Override
    public String toString() {
      return waiter + " -> " + awaited + " (" + how + ")";
    }
  }

  /** {@return the graph as text, cycles first} */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (List<Edge> cycle : cycles) {
      text.append("cycle of ").append(cycle.size()).append(":\n");
      cycle.forEach(edge -> text.append("  ").append(edge).append('\n'));
    }
    text.append(edges.size()).append(edges.size() == 1 ? " wait:\n" : " waits:\n");
    edges.forEach(edge -> text.append("  ").append(edge).append('\n'));
    return text.toString();
  }
}
