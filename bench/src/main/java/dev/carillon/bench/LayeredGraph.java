package dev.carillon.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random directed graph without cycles: layers of nodes, each waiting for some of the last. */
final class LayeredGraph {
  private static final int WIDTH = 100;
  private static final int LEAST = 2;
  private static final int MOST = 8;

  private final int[][] inputs;
  private final int[] sinks;

  /**
   * @param nodes how many nodes; a multiple of 100
   * @param seed decides what is random
   */
  LayeredGraph(int nodes, long seed) {
    var random = new SplittableRandom(seed);
    inputs = new int[nodes][];
    boolean[] used = new boolean[nodes];
    for (int node = 0; node < nodes; node++) {
      int above = (node / WIDTH - 1) * WIDTH;
      inputs[node] =
          above < 0
              ? new int[0]
              : random
                  .ints(above, above + WIDTH)
                  .distinct()
                  .limit(random.nextInt(LEAST, MOST + 1))
                  .toArray();
      Arrays.stream(inputs[node]).forEach(input -> used[input] = true);
    }
    sinks = IntStream.range(0, nodes).filter(node -> !used[node]).toArray();
  }

  int nodes() {
    return inputs.length;
  }

  /** {@return what a node waits for: nothing, or nodes before it} */
  int[] inputs(int node) {
    return inputs[node];
  }

  /** {@return the nodes that no node waits for} */
  int[] sinks() {
    return sinks;
  }
}
