package dev.carillon.bench;

import dev.carillon.bus.OpenTrie;
import dev.carillon.bus.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.filter.DestinationMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * F: match a name among so many patterns with wildcards. Names of three tokens, 1 024 of them in
 * turn, each matched by one pattern; "three patterns" has those that three match, whose result has
 * to be made. Matches that are kept are of 64 names in turn.
 */
@State(Scope.Thread)
public class TopicMatches {
  private static final int NAMES = 1 << 10;
  private static final int HOT_NAMES = 1 << 6;
  private static final String FEWEST = "10^4 patterns";
  private static final String MANY = "10^5 patterns";
  private static final String MOST = "10^6 patterns";
  private static final String[] SUBJECTS = {
    "fresh", "three", "cached", "emitter", "plainTrie", "activeMq", "hashMap"
  };

  static final Group GROUP =
      Group.of(
          "F",
          "topic: match a name among wildcard patterns",
          Group.Unit.NS,
          "match",
          "fresh",
          Stream.concat(
                  Stream.of(
                      session(FEWEST, 10_000, SUBJECTS),
                      session(MANY, 100_000, SUBJECTS),
                      session(MOST, 1_000_000, SUBJECTS)),
                  Stream.of(session(FEWEST, 10_000, "linear")))
              .map(Source.class::cast)
              .toList(),
          List.of(
              Goal.time("≤ 250 ns, 10^4 patterns", 250, "fresh", FEWEST, 0),
              Goal.time("≤ 250 ns, 10^6 patterns", 250, "fresh", MOST, 0),
              bytes("0 B", FEWEST),
              Goal.ratio("flat: 10^6 ≤ 1.25 × 10^4 patterns", 1.25, "fresh", MOST, "fresh", FEWEST),
              Goal.time("≤ 10 ns kept, 10^4 patterns", 10, "cached", FEWEST, 0),
              Goal.time("≤ 10 ns kept, 10^6 patterns", 10, "cached", MOST, 0)));

  private static Session session(String variant, int patterns, String... methods) {
    return Session.of(TopicMatches.class, methods)
        .withJvmArgs("-Dbench.patterns=" + patterns, "-Xms3g", "-Xmx3g")
        .withVariant(variant);
  }

  private static Goal bytes(String text, String variant) {
    return new Goal(
        text,
        rows -> rows.find("fresh", variant, 0).map(row -> new Score(row.bytes(), 0)),
        0.1,
        false);
  }

  /** {@return one of the patterns, of four shapes} */
  private static String pattern(int number) {
    int id = number / 4;
    int region = id % 100;
    return switch (number % 4) {
      case 0 -> "region-%d.store-%d.*".formatted(region, id);
      case 1 -> "region-%d.*.sensor-%d".formatted(region, id);
      case 2 -> "*.store-%d.sensor-%d".formatted(id, region);
      default -> "region-%d.unit-%d.>".formatted(region, id);
    };
  }

  /** {@return a name that one pattern matches} */
  private static String name(int pattern) {
    return pattern(pattern).replace("*", "any").replace(">", "any.more");
  }

  /** {@return a name that three patterns match: two of an id, one of its region} */
  private static String nameOfThree(int id) {
    int region = id % 100;
    return "region-%d.store-%d.sensor-%d".formatted(region, id, region);
  }

  /** The patterns and names of a run. */
  @State(Scope.Thread)
  public static class Data {
    private final int patterns = Integer.getInteger("bench.patterns", 10_000);
    private final String[] names = new String[NAMES];
    private final String[] namesOfThree = new String[NAMES];
    private int next;

    /** Takes names from all over the patterns. */
    public Data() {
      for (int i = 0; i < NAMES; i++) {
        names[i] = name(i * (patterns / NAMES) + i % 4);
        namesOfThree[i] = nameOfThree(i * (patterns / 4 / NAMES));
      }
    }

    private int next(int count) {
      next = (next + 1) & (count - 1);
      return next;
    }

    private Stream<String> texts() {
      return Stream.iterate(0, i -> i + 1).limit(patterns).map(TopicMatches::pattern);
    }
  }

  /** Ours. */
  @State(Scope.Thread)
  public static class Ours {
    private final OpenTrie trie = new OpenTrie();
    private final List<OpenTrie.Kept> kept = new ArrayList<>();

    /** Adds the patterns. */
    public Ours() {
      var data = new Data();
      data.texts().forEach(text -> trie.add(TopicPattern.of(text), text));
      for (int i = 0; i < HOT_NAMES; i++) {
        kept.add(trie.keep(data.names[i]));
      }
    }
  }

  @Benchmark
  @Subject("Carillon, looked up anew")
  public int fresh(Data data, Ours ours) {
    return ours.trie.find(data.names[data.next(NAMES)]);
  }

  @Benchmark
  @Subject("Carillon, looked up anew, three patterns")
  public int three(Data data, Ours ours) {
    return ours.trie.find(data.namesOfThree[data.next(NAMES)]);
  }

  @Benchmark
  @Subject("Carillon, kept by the trie")
  public int cached(Data data, Ours ours) {
    return ours.trie.match(data.names[data.next(HOT_NAMES)]);
  }

  @Benchmark
  @Subject("Carillon, kept by an emitter")
  public int emitter(Data data, Ours ours) {
    return ours.trie.match(ours.kept.get(data.next(HOT_NAMES)));
  }

  /** A trie as it is written down first: hash maps of tokens, a list of what was found. */
  @State(Scope.Thread)
  public static class PlainTrie {
    private final Node root = new Node();

    private static final class Node {
      private final Map<String, Node> children = new HashMap<>();
      private @Nullable Object value;
    }

    /** Adds the patterns. */
    public PlainTrie() {
      new Data()
          .texts()
          .forEach(text -> {
            Node node = root;
            for (String token : text.split("\\.", -1)) {
              node = node.children.computeIfAbsent(token, _ -> new Node());
            }
            node.value = text;
          });
    }

    private static void collect(Node node, String[] tokens, int at, List<Object> into) {
      if (at == tokens.length) {
        if (node.value != null) {
          into.add(node.value);
        }
        return;
      }
      Node below = node.children.get(">");
      if (below != null && below.value != null) {
        into.add(below.value);
      }
      Node star = node.children.get("*");
      if (star != null) {
        collect(star, tokens, at + 1, into);
      }
      Node child = node.children.get(tokens[at]);
      if (child != null) {
        collect(child, tokens, at + 1, into);
      }
    }
  }

  @Benchmark
  @Subject("plain trie of hash maps")
  public int plainTrie(Data data, PlainTrie plain) {
    var found = new ArrayList<Object>();
    PlainTrie.collect(plain.root, data.names[data.next(NAMES)].split("\\.", -1), 0, found);
    return found.size();
  }

  /** ActiveMQ's map, and the names as it wants them. */
  @State(Scope.Thread)
  public static class ActiveMq {
    private final DestinationMap map = new DestinationMap();
    private final ActiveMQTopic[] names = new ActiveMQTopic[NAMES];

    /** Adds the patterns. */
    public ActiveMq() {
      var data = new Data();
      data.texts().forEach(text -> map.put(new ActiveMQTopic(text), text));
      for (int i = 0; i < NAMES; i++) {
        names[i] = new ActiveMQTopic(data.names[i]);
      }
    }
  }

  @Benchmark
  @Subject("ActiveMQ DestinationMap")
  public int activeMq(Data data, ActiveMq activeMq) {
    return activeMq.map.get(activeMq.names[data.next(NAMES)]).size();
  }

  /** Knows the names that will be asked for. */
  @State(Scope.Thread)
  public static class Literals {
    private final Map<String, Integer> counts = new HashMap<>();

    /** Adds the names. */
    public Literals() {
      for (String name : new Data().names) {
        counts.put(name, 1);
      }
    }
  }

  @Benchmark
  @Subject("floor: hash map of the names, no patterns")
  public @Nullable Integer hashMap(Data data, Literals literals) {
    return literals.counts.get(data.names[data.next(NAMES)]);
  }

  /** All patterns. */
  @State(Scope.Thread)
  public static class Patterns {
    private final List<TopicPattern> all = new Data().texts().map(TopicPattern::of).toList();
  }

  @Benchmark
  @Subject("each pattern looked at")
  public int linear(Data data, Patterns patterns) {
    return OpenTrie.count(patterns.all, data.names[data.next(NAMES)]);
  }
}
