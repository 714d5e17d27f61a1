package dev.carillon.bench;

import dev.carillon.bus.OpenTrie;
import dev.carillon.bus.TopicPattern;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * F2: subscribe to so many patterns, each with a token of its own, then unsubscribe in the order of
 * subscribing. One operation is both. The patterns exist before.
 */
@State(Scope.Thread)
public class TopicChurn {
  private static final int MOST = 1_000_000;
  private static final int COLLECTIONS = 3;
  private static final String[] JVM_ARGS = {"-Xms3g", "-Xmx3g"};

  static final Group GROUP =
      new Group(
          "F2",
          "topic: add and remove patterns",
          Group.Unit.NS,
          "pattern added and removed",
          "carillon",
          List.of(
              Session.of(TopicChurn.class, "carillon")
                  .withSizes(10_000, 100_000, MOST)
                  .withJvmArgs(JVM_ARGS)),
          List.of(),
          TopicChurn::held);

  @Param({"10000", "100000", "1000000"})
  public int size;

  private TopicPattern[] patterns = {};

  private static TopicPattern[] patterns(String shape, int count) {
    var patterns = new TopicPattern[count];
    for (int i = 0; i < count; i++) {
      patterns[i] = TopicPattern.of(shape.formatted(i));
    }
    return patterns;
  }

  /** Makes the patterns. */
  @Setup
  public void prepare() {
    patterns = patterns("orders.%d.*", size);
  }

  @Benchmark
  @Subject("Carillon")
  public int carillon() {
    var trie = new OpenTrie();
    for (TopicPattern pattern : patterns) {
      trie.add(pattern, pattern);
    }
    int removed = 0;
    for (TopicPattern pattern : patterns) {
      removed += trie.remove(pattern, pattern) ? 1 : 0;
    }
    return removed;
  }

  private static List<String> held() {
    return List.of(held("orders.*.%d"), held("orders.%d.*"));
  }

  private static String held(String shape) {
    double bytes =
        Double.parseDouble(Fork.output(TopicChurn.class, List.of(JVM_ARGS), shape).strip());
    return String.format(
        Locale.ROOT,
        "heap held by each of a million patterns like %s, without pattern and value: %.0f B",
        shape.formatted(123_456),
        bytes);
  }

  /** Prints the bytes that each of many patterns of a shape holds. */
  public static void main(String[] args) {
    TopicPattern[] patterns = patterns(args[0], MOST);
    var trie = new OpenTrie();
    long before = used();
    try {
      for (TopicPattern pattern : patterns) {
        trie.add(pattern, pattern);
      }
      System.out.println((double) (used() - before) / MOST);
    } finally {
      Reference.reachabilityFence(trie);
      Reference.reachabilityFence(patterns);
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
