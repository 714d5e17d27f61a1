package dev.carillon.bus;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
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
  private static final int LITERAL = 0;
  private static final int SIBLING = 1;
  private static final int BELOW = 3;
  private static final List<String> NAMES = List.of("a.b", "a.c", "a.b.c");

  static {
    System.setProperty("lincheck.logLevel", "ERROR"); // it warns of fields of hidden classes
  }

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

  private static Actor actor(String operation, int argument) {
    try {
      Method method = TopicTrieLincheckTest.class.getMethod(operation, int.class);
      return new Actor(method, List.of(argument));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "an operation must be a public method: operation=" + operation, e);
    }
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .loopBound(1_000) // copies of tables, and names by the letter
        .sequentialSpecification(Specification.class);
  }

  /** Explores the interleavings of what two threads do, after some operations. */
  private static void race(int executions, List<Actor> before, List<Actor> one, List<Actor> other) {
    modelChecking()
        .iterations(0)
        .invocationsPerIteration(executions * FACTOR)
        .addCustomScenario(new ExecutionScenario(before, List.of(one, other), List.of(), null))
        .check(TopicTrieLincheckTest.class);
  }

  @Test
  void find_whileTwoComeOneAfterAnother_doesNotSeeTheSecondAlone() {
    race(
        300,
        List.of(actor("add", SIBLING)), // so that there is a node to walk through
        List.of(actor("add", BELOW), actor("add", LITERAL)),
        List.of(actor("find", 0)));
  }

  @Test
  void find_whileTwoGoOneAfterAnother_doesNotSeeTheFirstAlone() {
    race(
        300,
        List.of(actor("add", SIBLING), actor("add", BELOW), actor("add", LITERAL)),
        List.of(actor("remove", BELOW), actor("remove", LITERAL)),
        List.of(actor("find", 0)));
  }

  @Test
  void match_afterWhatComesWasSeen_isNoOlder() {
    race(
        300,
        List.of(actor("match", 0)),
        List.of(actor("add", LITERAL)),
        List.of(actor("find", 0), actor("match", 0)));
  }

  @Test
  void match_madeWhileOneComes_isNotKept() {
    race(
        5_000,
        List.of(),
        List.of(actor("add", LITERAL)),
        List.of(actor("match", 0), actor("find", 0), actor("match", 0)));
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    modelChecking()
        .iterations(6 * FACTOR)
        .invocationsPerIteration(200)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .check(TopicTrieLincheckTest.class);
    new StressOptions()
        .iterations(6 * FACTOR)
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
