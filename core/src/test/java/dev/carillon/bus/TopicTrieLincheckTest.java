package dev.carillon.bus;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** A few patterns that meet in every way, against a list of those that were added. */
@Param(name = "pattern", gen = IntGen.class, conf = "0:5")
@Param(name = "name", gen = IntGen.class, conf = "0:2")
public class TopicTrieLincheckTest {
  private static final int FACTOR = Integer.getInteger("carillon.cases.factor", 1);
  private static final List<String> PATTERNS = List.of("a.b", "a.c", "a.*", "a.>", "*.b.c", ">");
  private static final List<String> NAMES = List.of("a.b", "a.c", "a.b.c");

  private final TopicTrie<Integer> trie = new TopicTrie<>();

  /** Each value is that of its pattern, so what was added twice is alike. */
  @Operation
  public void add(@Param(name = "pattern") int pattern) {
    trie.add(TopicPattern.of(PATTERNS.get(pattern)), pattern);
  }

  @Operation
  public boolean remove(@Param(name = "pattern") int pattern) {
    return trie.remove(TopicPattern.of(PATTERNS.get(pattern)), pattern);
  }

  @Operation
  public List<Integer> match(@Param(name = "name") int name) {
    return list(trie.match(NAMES.get(name)).values());
  }

  @Operation
  public List<Integer> find(@Param(name = "name") int name) {
    return list(trie.find(NAMES.get(name)));
  }

  private static List<Integer> list(TopicValues<Integer> values) {
    var list = new ArrayList<Integer>();
    for (int i = 0; i < values.size(); i++) {
      list.add(values.value(i));
    }
    return list;
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    System.setProperty("lincheck.logLevel", "ERROR");
    new ModelCheckingOptions()
        .iterations(15 * FACTOR)
        .invocationsPerIteration(200)
        .loopBound(1_000) // copies of tables, and names by the letter
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .sequentialSpecification(Specification.class)
        .check(TopicTrieLincheckTest.class);
    new StressOptions()
        .iterations(15 * FACTOR)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .sequentialSpecification(Specification.class)
        .check(TopicTrieLincheckTest.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private final List<Integer> added = new ArrayList<>();

    public void add(int pattern) {
      added.add(pattern);
    }

    public boolean remove(int pattern) {
      return added.remove((Integer) pattern);
    }

    public List<Integer> match(int name) {
      return added.stream()
          .filter(p -> Names.meaning(PATTERNS.get(p)).matcher(NAMES.get(name)).matches())
          .toList();
    }

    public List<Integer> find(int name) {
      return match(name);
    }
  }
}
