package dev.carillon.bus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A name is matched while patterns come and go. */
public final class TopicTrieStress {
  private static final TopicPattern LITERAL = TopicPattern.of("a.b");
  private static final TopicPattern SIBLING = TopicPattern.of("a.c");
  private static final TopicPattern STAR = TopicPattern.of("a.*");
  private static final TopicPattern BELOW = TopicPattern.of("a.>");
  private static final Integer VALUE = 1;

  private TopicTrieStress() {}

  /** A trie, and how many values are found for names in it. */
  abstract static class Matched {
    final TopicTrie<Integer> trie = new TopicTrie<>();

    /** {@return how many there are, kept from earlier if possible} */
    int match() {
      return trie.match("a.b").values().size();
    }

    /** {@return how many there are, looked up anew} */
    int find() {
      return trie.find("a.b").size();
    }
  }

  @JCStressTest
  @Description("A name is matched twice while a pattern comes that matches it.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Before it came.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "It came between.")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "After it came.")
  @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "It was seen, and then an older match.")
  @Outcome(expect = FORBIDDEN, desc = "It was added, and is not found.")
  @State
  public static class AddMatch extends Matched {
    /** Keeps a match from before. */
    public AddMatch() {
      match();
    }

    @Actor
    public void add() {
      trie.add(LITERAL, VALUE);
    }

    @Actor
    public void match(III_Result r) {
      r.r1 = find();
      r.r2 = match();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = match();
    }
  }

  @JCStressTest
  @Description("A name is matched twice while a pattern goes that matched it.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Before it went.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "It went between.")
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "After it went.")
  @Outcome(id = "0, 1, .*", expect = FORBIDDEN, desc = "It was gone, and then an older match.")
  @Outcome(expect = FORBIDDEN, desc = "It was removed, and is found.")
  @State
  public static class RemoveMatch extends Matched {
    /** Keeps a match from before. */
    public RemoveMatch() {
      trie.add(LITERAL, VALUE);
      match();
    }

    @Actor
    public void remove() {
      trie.remove(LITERAL, VALUE);
    }

    @Actor
    public void match(III_Result r) {
      r.r1 = find();
      r.r2 = match();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = match();
    }
  }

  @JCStressTest
  @Description("A name is matched, looked up anew, and matched again while a pattern comes.")
  @Outcome(id = "0, 0, 0|0, 0, 1|0, 1, 1|1, 1, 1", expect = ACCEPTABLE, desc = "It came once.")
  @Outcome(
      id = "0, 1, 0",
      expect = FORBIDDEN,
      desc = "The first match was kept, though the pattern was on its way.")
  @Outcome(expect = FORBIDDEN, desc = "It was seen, and then not.")
  @State
  public static class AddMatchFindMatch extends Matched {
    @Actor
    public void add() {
      trie.add(LITERAL, VALUE);
    }

    @Actor
    public void match(III_Result r) {
      r.r1 = match();
      r.r2 = find();
      r.r3 = match();
    }
  }

  @JCStressTest
  @Description("Two patterns come, one after another, at places that a walk reads in that order.")
  @Outcome(id = "0|1|11", expect = ACCEPTABLE, desc = "None, the first, or both.")
  @Outcome(id = "10", expect = FORBIDDEN, desc = "The second was seen without the first.")
  @Outcome(expect = FORBIDDEN, desc = "There are only these two.")
  @State
  public static class AddAddFind extends Matched {
    /** Adds a sibling, so that there is a node to walk through. */
    public AddAddFind() {
      trie.add(SIBLING, VALUE);
    }

    @Actor
    public void addBoth() {
      trie.add(BELOW, 1); // which a walk reads first
      trie.add(LITERAL, 10);
    }

    @Actor
    public void find(I_Result r) {
      TopicValues<Integer> found = trie.find("a.b");
      for (int i = 0; i < found.size(); i++) {
        r.r1 += found.value(i);
      }
    }
  }

  @JCStressTest
  @Description("The last pattern below a node goes while a sibling comes.")
  @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The sibling is there, with its two nodes.")
  @Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "The sibling was cut off with the other.")
  @Outcome(id = "1, .*, .*", expect = FORBIDDEN, desc = "What was removed is there.")
  @Outcome(expect = FORBIDDEN, desc = "There is a node without a value.")
  @State
  public static class AddRemoveSiblings extends Matched {
    /** Adds the one that goes. */
    public AddRemoveSiblings() {
      trie.add(LITERAL, VALUE);
    }

    @Actor
    public void remove() {
      trie.remove(LITERAL, VALUE);
    }

    @Actor
    public void add() {
      trie.add(SIBLING, VALUE);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = match();
      r.r2 = trie.match("a.c").values().size();
      r.r3 = trie.nodes();
    }
  }

  @JCStressTest
  @Description("A pattern stays while its siblings come and go, and the table is copied.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It is found.")
  @Outcome(expect = FORBIDDEN, desc = "It was missed, as it moved from one table to the other.")
  @State
  public static class FindWhileTableChanges extends Matched {
    private static final TopicPattern[] SIBLINGS = {
      TopicPattern.of("a.d"), TopicPattern.of("a.e"), TopicPattern.of("a.f"), TopicPattern.of("a.g")
    };

    /** Adds the one that stays. */
    public FindWhileTableChanges() {
      trie.add(LITERAL, VALUE);
    }

    @Actor
    public void change() {
      for (TopicPattern sibling : SIBLINGS) {
        trie.add(sibling, VALUE);
      }
      for (TopicPattern sibling : SIBLINGS) {
        trie.remove(sibling, VALUE);
      }
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = find();
    }
  }

  @JCStressTest
  @Description("Who has a match asks whether it is current, having seen what another added.")
  @Outcome(id = "0, .*", expect = ACCEPTABLE, desc = "Nothing was seen, so nothing is promised.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It was seen, and the match is old.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "It was seen, and the match still counts.")
  @Outcome(expect = FORBIDDEN, desc = "There is only one.")
  @State
  public static class AddIsCurrent extends Matched {
    private final TopicTrie.Match<Integer> known = trie.match("a.b");

    @Actor
    public void add() {
      trie.add(STAR, VALUE);
    }

    @Actor
    public void look(II_Result r) {
      r.r1 = find();
      r.r2 = trie.isCurrent(known) ? 1 : 0;
    }
  }
}
