package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a census found out.
 *
 * @param modules modules with at least one class
 * @param classes classes, whether they have a result or not
 * @param edges superclass and interface entries
 * @param deepest from {@code java.lang.Object} to the deepest class, the first by name if there are
 *     several; empty if no class has a result
 * @param mostImplemented the interfaces that most classes and interfaces name as their own, the
 *     most first
 * @param missing classes without a result
 * @param digest SHA-256 of the sorted lines of all classes that have a result
 */
record CensusSummary(
    int modules,
    int classes,
    long edges,
    List<String> deepest,
    List<Implemented> mostImplemented,
    int missing,
    String digest) {
  private static final int TOP = 10;

  /**
   * An interface.
   *
   * @param name its name
   * @param count how many classes and interfaces have it in the list of their interfaces
   */
  record Implemented(String name, int count) {}

  static <T> CensusSummary of(ClassTable<T> table) {
    var modules = new HashSet<String>();
    var implementors = new HashMap<String, Integer>();
    long edges = 0;
    int missing = 0;
    for (ClassNode<T> node : table.nodes()) {
      modules.add(node.module());
      edges += node.supertypes().size();
      missing += node.isMeasured() ? 0 : 1;
      for (ClassNode<T> supertype : node.supertypes()) {
        if (supertype.isInterface()) {
          implementors.merge(supertype.name(), 1, Integer::sum);
        }
      }
    }
    return new CensusSummary(
        modules.size(),
        table.nodes().size(),
        edges,
        deepest(table),
        mostImplemented(implementors),
        missing,
        digest(table));
  }

  int maxDepth() {
    return Math.max(0, deepest.size() - 1);
  }

  private static <T> List<String> deepest(ClassTable<T> table) {
    var chain = new ArrayList<String>();
    table.nodes().stream()
        .filter(ClassNode::isMeasured)
        .min(Comparator.<ClassNode<T>>comparingInt(n -> -n.depth()).thenComparing(ClassNode::name))
        .ifPresent(deepest -> {
          ClassNode<T> node = deepest;
          chain.add(node.name());
          while (node.depth() > 0) {
            node = node.supertypes().getFirst();
            chain.addFirst(node.name());
          }
        });
    return chain;
  }

  private static List<Implemented> mostImplemented(Map<String, Integer> implementors) {
    return implementors.entrySet().stream()
        .map(entry -> new Implemented(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingInt(Implemented::count).reversed().thenComparing(Implemented::name))
        .limit(TOP)
        .toList();
  }

  /** {@return SHA-256 of the lines {@code name depth ancestors}, sorted by their bytes} */
  static <T> String digest(ClassTable<T> table) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    table.nodes().stream()
        .filter(ClassNode::isMeasured)
        .map(node -> node.name() + ' ' + node.depth() + ' ' + node.ancestors() + '\n')
        .map(line -> line.getBytes(UTF_8))
        .sorted(Arrays::compareUnsigned)
        .forEachOrdered(sha::update);
    return HexFormat.of().formatHex(sha.digest());
  }
}
