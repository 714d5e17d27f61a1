package dev.carillon.bus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Tries that are wrong, each reduced to the fields that matter, to show that the faults which
 * {@link TopicTrieStress} forbids are really seen when they are there. What would be forbidden is
 * marked as interesting, so it does not fail the run.
 */
public final class TopicTrieBrokenStress {
  private TopicTrieBrokenStress() {}

  @JCStressTest
  @Description(
      "A walk that does not look at the epoch afterwards: AddAddFind forbids what it finds.")
  @Outcome(id = "0|1|11", expect = ACCEPTABLE, desc = "None, the first, or both.")
  @Outcome(
      id = "10",
      expect = ACCEPTABLE_INTERESTING,
      desc = "It read the first place before, and the second after both were added.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this trie does that.")
  @State
  public static class WalkWithoutEpoch {
    private volatile int below;
    private volatile int here;

    @Actor
    public void addBoth() {
      below = 1;
      here = 10;
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = below + here;
    }
  }

  @JCStressTest
  @Description(
      "A trie whose version changes only after the store: AddMatch and AddIsCurrent forbid it.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Before it came.")
  @Outcome(id = "0, 1|1, 1", expect = ACCEPTABLE, desc = "It was matched anew.")
  @Outcome(
      id = "1, 0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "The store was seen, and then a match from before it, as the version was the same.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this trie does that.")
  @State
  public static class VersionAfterStore {
    private volatile int here;
    private volatile int version;
    private final int keptVersion = 0;
    private final int kept = 0;

    @Actor
    public void add() {
      here = 1;
      version = 1;
    }

    @Actor
    public void match(II_Result r) {
      r.r1 = here;
      r.r2 = version == keptVersion ? kept : here;
    }
  }

  @JCStressTest
  @Description(
      "A trie whose version changes only before the store, and which keeps what it matched then:"
          + " AddMatch forbids it.")
  @Outcome(id = "1, .*", expect = ACCEPTABLE, desc = "The first match had it.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The first match was not current any more.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It has not come yet.")
  @Outcome(
      id = "0, -1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "The store is there, and a match from before it counts as current for ever.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this trie does that.")
  @State
  public static class VersionBeforeStore {
    private volatile int here;
    private volatile int version;

    @Actor
    public void add() {
      version = 1;
      here = 1;
    }

    @Actor
    public void match(II_Result r) {
      int keptVersion = version;
      r.r1 = here;
      boolean isStored = here == 1;
      boolean isCurrent = version == keptVersion;
      r.r2 = !isStored ? 0 : isCurrent ? -1 : 1;
    }
  }
}
