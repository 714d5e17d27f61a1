package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a trie finds, beside a list of patterns of which each is looked at. */
@Covers("R22")
class TopicTrieTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MILLION = 1_000_000;

  private final TopicTrie<Object> trie = new TopicTrie<>();

  private void add(String pattern, Object value) {
    trie.add(TopicPattern.of(pattern), value);
  }

  private boolean remove(String pattern, Object value) {
    return trie.remove(TopicPattern.of(pattern), value);
  }

  private static List<Object> list(TopicValues<?> values) {
    var list = new ArrayList<Object>();
    for (int i = 0; i < values.size(); i++) {
      list.add(values.value(i));
    }
    return list;
  }

  private List<Object> match(String name) {
    List<Object> found = list(trie.match(name).values());
    assertThat(list(trie.find(name))).isEqualTo(found);
    return found;
  }

  @Test
  void match_severalPatterns_findsTheirValuesInTheOrderOfAddition() {
    add("a.>", 1);
    add("a.b", 2);
    add("*.b", 3);
    add(">", 4);
    add("a.*", 5);
    add("a.b", 6);
    add("b.*", 7);
    assertThat(match("a.b")).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(match("a.b.c")).containsExactly(1, 4);
    assertThat(match("a")).containsExactly(4);
    assertThat(match("c.d")).containsExactly(4);
  }

  @Test
  void match_namesOfTheBus_onlyByPatternsThatSayTheirFirstToken() {
    add(">", 1);
    add("*.a", 2);
    add("$bus.>", 3);
    add("$bus.*", 4);
    assertThat(match("$bus.a")).containsExactly(3, 4);
    assertThat(match("x.a")).containsExactly(1, 2);
  }

  @Test
  void match_again_isTheSameUntilSomethingChanges() {
    add("a.*", 1);
    TopicTrie.Match<Object> match = trie.match("a.b");
    assertThat(trie.match("a.b")).isSameAs(match);
    assertThat(trie.isCurrent(match)).isTrue();
    add("b.*", 2);
    assertThat(trie.isCurrent(match)).isFalse();
    assertThat(trie.isCurrent(trie.match("a.b"))).isTrue();
    assertThat(match.name()).isEqualTo("a.b");
  }

  @Test
  void version_addOrRemove_isAnother() {
    long first = trie.version();
    add("a", 1);
    long second = trie.version();
    assertThat(second).isNotEqualTo(first);
    assertThat(remove("a", 2)).isFalse();
    assertThat(trie.version()).as("nothing was removed").isEqualTo(second);
    assertThat(remove("a", 1)).isTrue();
    assertThat(trie.version()).isNotEqualTo(second).isNotEqualTo(first);
  }

  @Test
  void remove_whatIsNotThere_isFalse() {
    Object value = new Object();
    add("a.b", value);
    assertThat(remove("a", value)).isFalse();
    assertThat(remove("a.b.c", value)).isFalse();
    assertThat(remove("a.*", value)).isFalse();
    assertThat(remove("a.>", value)).isFalse();
    assertThat(remove("a.b", new Object())).isFalse();
    assertThat(remove("a.b", value)).isTrue();
    assertThat(remove("a.b", value)).isFalse();
  }

  @Test
  void remove_valueAddedTwice_removesOne() {
    add("a", 1);
    add("a", 1);
    assertThat(remove("a", 1)).isTrue();
    assertThat(match("a")).containsExactly(1);
    assertThat(trie.size()).isEqualTo(1);
  }

  @Test
  void remove_last_leavesNoNode() {
    add("a.b.c", 1);
    add("a.*.d.>", 2);
    add("a.b", 3);
    assertThat(trie.nodes()).isEqualTo(5);
    assertThat(remove("a.b.c", 1)).isTrue();
    assertThat(trie.nodes()).isEqualTo(4);
    assertThat(remove("a.b", 3)).isTrue();
    assertThat(trie.nodes()).isEqualTo(3);
    assertThat(remove("a.*.d.>", 2)).isTrue();
    assertThat(trie.nodes()).isZero();
  }

  @Test
  void remove_matchedBefore_isNotKeptAlive() {
    Object value = new Object();
    var reference = new WeakReference<>(value);
    add("a.b", value);
    assertThat(match("a.b")).hasSize(1);
    assertThat(remove("a.b", value)).isTrue();
    value = null;
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get()).isNull();
  }

  @TestFactory
  Stream<DynamicTest> programs_random_findWhatAListOfPatternsFinds() {
    return Property.check("trie", 300, gen -> new Program(gen).run(gen.oneOf(10, 100, 500)));
  }

  private static final class Program {
    private final Gen gen;
    private final TopicTrie<Integer> trie = new TopicTrie<>();
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String pattern, Pattern meaning, Integer value) {}

    Program(Gen gen) {
      this.gen = gen;
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        if (gen.chance(0.6)) {
          add(i);
        } else {
          remove();
        }
        check(Names.name(gen));
        check(Names.name(gen));
      }
      while (!entries.isEmpty()) {
        remove();
        check(Names.name(gen));
      }
      assertThat(trie.nodes()).as("empty nodes").isZero();
    }

    private void add(int i) {
      String pattern = gen.chance(0.1) ? wide() : Names.pattern(gen);
      var entry = new Entry(pattern, Names.meaning(pattern), 1_000 + i);
      entries.add(entry);
      trie.add(TopicPattern.of(pattern), entry.value);
    }

    private String wide() {
      return "a." + gen.intBetween(0, 50); // many children of one node
    }

    private void remove() {
      if (gen.chance(0.1) || entries.isEmpty()) {
        assertThat(trie.remove(TopicPattern.of(Names.pattern(gen)), 0)).isFalse();
      } else {
        Entry entry = gen.oneOf(entries);
        assertThat(trie.remove(TopicPattern.of(entry.pattern), entry.value)).isTrue();
        entries.remove(entry);
      }
      assertThat(trie.size()).isEqualTo(entries.size());
    }

    private void check(String name) {
      List<Integer> expected =
          entries.stream()
              .filter(entry -> entry.meaning.matcher(name).matches())
              .map(Entry::value)
              .toList();
      assertThat(list(trie.match(name).values())).as(name).isEqualTo(expected);
      assertThat(list(trie.find(name))).as(name).isEqualTo(expected);
    }
  }

  @Test
  void match_whileOthersComeAndGo_alwaysFindsThoseThatStay() {
    var isOver = new AtomicBoolean();
    add("a.*", "stays");
    add("a.b.>", "stays too");
    try (var workers = new Workers()) {
      workers.start(() -> {
        try {
          for (int i = 0; i < 50_000; i++) {
            String pattern = i % 3 == 0 ? "a." + i % 100 : i % 3 == 1 ? "a.b.*" : "a.*.>";
            add(pattern, "goes");
            assertThat(match(pattern.replace('*', 'b').replace('>', 'c'))).contains("goes");
            assertThat(remove(pattern, "goes")).isTrue();
            assertThat(match("a.b.b")).isEqualTo(List.of("stays too"));
          }
        } finally {
          isOver.set(true);
        }
      });
      workers.start(() -> {
        while (!isOver.get()) {
          assertThat(list(trie.match("a.5").values())).startsWith("stays");
          assertThat(list(trie.find("a.b.c"))).startsWith("stays too");
        }
      });
    }
  }

  @Test
  @Covers("R19")
  void match_amongMany_makesNoGarbage() {
    for (int i = 0; i < 10_000; i++) {
      add("a.*." + i, i);
      add("a." + i + ".>", i);
    }
    assertThat(bytesEach(() -> trie.find("a.b.77"))).as("looked up anew").isLessThan(0.1);
    assertThat(bytesEach(() -> trie.match("a.77.x"))).as("kept").isLessThan(0.1);
  }

  private static double bytesEach(Runnable operation) {
    int operations = 100_000;
    for (int i = 0; i < operations; i++) {
      operation.run();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < operations; i++) {
      operation.run();
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / operations;
  }

  @Test
  void addAndRemove_millionPatterns_leaveNothing() {
    Integer value = 1;
    var patterns = new TopicPattern[MILLION];
    for (int i = 0; i < MILLION; i++) {
      patterns[i] = TopicPattern.of("orders." + i + ".*");
    }
    long before = usedHeap();
    for (TopicPattern pattern : patterns) {
      trie.add(pattern, value);
    }
    double bytes = (double) (usedHeap() - before) / MILLION;
    assertThat(bytes).as("bytes each, of two nodes").isLessThan(230);
    assertThat(match("orders.765432.created")).containsExactly(value);
    for (TopicPattern pattern : patterns) {
      assertThat(trie.remove(pattern, value)).isTrue();
    }
    assertThat(trie.nodes()).isZero();
    assertThat(usedHeap() - before).as("bytes left").isLessThan(1 << 20);
    Reference.reachabilityFence(patterns);
  }

  @Test
  void add_millionValuesOfOnePattern_takesLinearTime() {
    for (int i = 0; i < MILLION; i++) {
      add("a", i);
    }
    assertThat(trie.match("a").values().size()).isEqualTo(MILLION);
    assertThat(trie.find("a").value(765_432)).isEqualTo(765_432);
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
