package dev.carillon.bus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A map from patterns to values, which are looked up by the names that the patterns match. Safe for
 * use by any thread; looking up takes no lock, and is linearizable with adding and removing.
 */
final class TopicTrie<S> {
  /*
   * A node stands for the tokens that some patterns begin with. A name is matched by walking from
   * the root, one node for each token, to the child with that token and to the child *; values of a
   * pattern that ends in > lie at the node before it. So a walk costs as many steps as the name has
   * tokens, for each way in which literal tokens and stars of the patterns there agree with it, and
   * nothing for patterns that do not begin as the name does. Where a node has both, the ways part;
   * there are many only if patterns have stars at many places, in many combinations. A name
   * that begins with $ goes by no wildcard from the root.
   *
   * Writers take turns under the lock. They prepare what they need where nobody sees it: a missing
   * path is built from its end; a path of which nothing else is left is cut where the rest begins,
   * so no empty node stays. Then they change the trie by one store, a release or volatile one of
   * one field or place, whose readers acquire it. Before the store they put an unsettled epoch in
   * place, after it a settled one; epochs are never used again. (Tables of children are replaced by
   * copies besides, which no reader can tell.)
   *
   * A reader takes the epoch, walks, and looks whether the epoch is still the same; if not it walks
   * again, which happens only when a writer got on. If it is:
   *
   * - No value is missed whose adding happened-before: its store did, and every later state has it
   *   until it is removed; the reader read no place that is older than the epoch it took.
   * - No value is seen whose removal happened-before: the walk starts at the root, and the way to
   *   the value was cut, or its list replaced, by a store which happened-before.
   * - It is all as of one moment. Had the walk seen any store made after the epoch that it took,
   *   it would see the epoch that preceded the store, except that an unsettled epoch is followed by
   *   one store. That one the walk saw or did not, in the one place that it changed.
   *
   * A settled epoch keeps what was matched in it, by name, in a table of places that are
   * overwritten; as nothing is stored while it is there, a match found there is right at the moment
   * in which the epoch was read. A new epoch starts without, so no value stays reachable for having
   * been matched once. What was seen in an unsettled epoch is not kept: the store may come, and be
   * seen by others, before the epoch changes.
   */

  /** The values that a name matched. */
  static final class Match<S> {
    private static final long NEVER_CURRENT = -1;

    private final String name;
    private final long version;
    private final TopicValues<S> values;

    private Match(String name, long version, TopicValues<S> values) {
      this.name = name;
      this.version = version;
      this.values = values;
    }

    /** {@return the name} */
    String name() {
      return name;
    }

    /** {@return the values, in the order in which they were added} */
    TopicValues<S> values() {
      return values;
    }
  }

  /** The time between two changes, or that of one change. */
  private static final class Epoch<S> {
    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Match[].class);
    private static final int PLACES = 512; // a power of two
    private static final int WAYS = 4; // a power of two: so many places may have a name's match

    final long version; // even if settled
    private volatile @Nullable Match<S> @Nullable [] matches; // made by whoever comes first

    Epoch(long version) {
      this.version = version;
    }

    boolean isSettled() {
      return (version & 1) == 0;
    }

    /** {@return the first of the places where a name's match may be} */
    private static int first(String name) {
      return (name.hashCode() * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(PLACES) + 1);
    }

    @SuppressWarnings("unchecked") // nothing else is put there
    private static <S> @Nullable Match<S> at(@Nullable Match<S>[] matches, int place) {
      return (Match<S>) PLACE.getAcquire(matches, place); // pairs with the store of keep
    }

    @Nullable Match<S> find(String name) {
      @Nullable Match<S> @Nullable [] known = matches;
      if (known == null) {
        return null;
      }
      int first = first(name);
      for (int i = 0; i < WAYS; i++) {
        Match<S> match = at(known, (first + i) & (PLACES - 1));
        if (match == null || match.name.equals(name)) {
          return match;
        }
      }
      return null;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of parametrised types
    void keep(Match<S> match) {
      @Nullable Match<S> @Nullable [] known = matches;
      if (known == null) {
        known = new Match[PLACES];
        matches = known;
      }
      int first = first(match.name);
      int way = 0;
      while (way < WAYS && at(known, (first + way) & (PLACES - 1)) != null) {
        way++;
      }
      int chosen = way < WAYS ? way : match.name.length() & (WAYS - 1); // any will do
      PLACE.setRelease(known, (first + chosen) & (PLACES - 1), match);
    }
  }

  private final TrieNode<S> root = new TrieNode<>("", 0, 0);
  private volatile Epoch<S> epoch = new Epoch<>(0); // written under lock

  private final Object lock = new Object();
  // guarded by lock
  private long added; // numbers the values

  private volatile int size; // written under lock

  /** Adds a value; the same value may be added several times. */
  void add(TopicPattern pattern, S value) {
    String text = pattern.toString();
    synchronized (lock) {
      long order = added++;
      TrieNode<S> node = root;
      int start = 0;
      while (start < text.length() && text.charAt(start) != '>') {
        int end = TopicNames.end(text, start);
        TrieNode<S> next = node.next(text, start, end);
        if (next == null) {
          TrieNode<S> parent = node;
          TrieNode<S> path = path(text, start, TopicValues.one(order, value));
          change(() -> parent.add(path), size + 1);
          return;
        }
        node = next;
        start = end + 1;
      }
      boolean isBelow = start < text.length();
      set(node, isBelow, plus(isBelow ? node.below : node.here, order, value), size + 1);
    }
  }

  private static <S> TopicValues<S> plus(@Nullable TopicValues<S> values, long order, S value) {
    return values == null ? TopicValues.one(order, value) : values.plus(order, value);
  }

  /** {@return nodes for the tokens of a pattern from some place on, with its first value} */
  private static <S> TrieNode<S> path(String text, int start, TopicValues<S> values) {
    int end = TopicNames.end(text, start);
    var node = new TrieNode<S>(text, start, end);
    if (end == text.length()) {
      node.here = values;
    } else if (text.charAt(end + 1) == '>') {
      node.below = values;
    } else {
      node.add(path(text, end + 1, values));
    }
    return node;
  }

  /** {@return whether the value was there; added several times, it was removed once} */
  boolean remove(TopicPattern pattern, S value) {
    String text = pattern.toString();
    synchronized (lock) {
      TrieNode<S> node = root;
      TrieNode<S> staying = root; // the last one on the way that has something besides
      int cut = 0; // the token after it
      int start = 0;
      while (start < text.length() && text.charAt(start) != '>') {
        if (node.parts() > 1) {
          staying = node;
          cut = start;
        }
        int end = TopicNames.end(text, start);
        TrieNode<S> next = node.next(text, start, end);
        if (next == null) {
          return false;
        }
        node = next;
        start = end + 1;
      }
      boolean isBelow = start < text.length();
      TopicValues<S> values = isBelow ? node.below : node.here;
      int place = values == null ? -1 : values.place(value);
      if (values == null || place < 0) {
        return false;
      }
      TopicValues<S> fewer = values.without(place);
      if (fewer == null && node.parts() == 1 && node != root) {
        TrieNode<S> parent = staying;
        int from = cut;
        change(() -> parent.remove(text, from, TopicNames.end(text, from)), size - 1);
      } else {
        set(node, isBelow, fewer, size - 1);
      }
      return true;
    }
  }

  private void set(TrieNode<S> node, boolean isBelow, @Nullable TopicValues<S> values, int count) {
    change(
        () -> {
          if (isBelow) {
            node.below = values;
          } else {
            node.here = values;
          }
        },
        count);
  }

  /** Makes a change that readers see by one store. */
  private void change(Runnable store, int count) {
    long unsettled = (epoch.version + 1) | 1;
    var settled = new Epoch<S>(unsettled + 1);
    epoch = new Epoch<>(unsettled);
    store.run();
    size = count;
    epoch = settled;
  }

  /** {@return the values whose patterns match a name, kept from an earlier call if possible} */
  Match<S> match(String name) {
    Match<S> known = epoch.find(name);
    return known == null ? newMatch(name) : known;
  }

  private Match<S> newMatch(String name) {
    while (true) {
      Epoch<S> before = epoch;
      TopicValues<S> values = walk(name);
      if (epoch.equals(before)) {
        boolean isKept = before.isSettled();
        var match = new Match<S>(name, isKept ? before.version : Match.NEVER_CURRENT, values);
        if (isKept) {
          before.keep(match);
        }
        return match;
      }
    }
  }

  /** {@return whether nothing has changed since a match was made} One volatile read. */
  boolean isCurrent(Match<S> match) {
    return match.version == epoch.version;
  }

  /** {@return the values whose patterns match a name, looked up anew and not kept} */
  TopicValues<S> find(String name) {
    while (true) {
      Epoch<S> before = epoch;
      TopicValues<S> values = walk(name);
      if (epoch.equals(before)) {
        return values;
      }
    }
  }

  private TopicValues<S> walk(String name) {
    int end = TopicNames.end(name, 0);
    int hash = TrieNode.hash(name, 0, end);
    TopicValues<S> found = walk(root, name, 0, end, hash, !TopicNames.isReserved(name), null);
    return found == null ? TopicValues.none() : found;
  }

  /**
   * {@return what was known, and what a name matches from a node on}
   *
   * @param first where the next token starts
   * @param last where it ends
   * @param firstHash its hash
   * @param isWild whether wildcards match it
   */
  private static <S> @Nullable TopicValues<S> walk(
      TrieNode<S> from,
      String name,
      int first,
      int last,
      int firstHash,
      boolean isWild,
      @Nullable TopicValues<S> known) {
    TopicValues<S> found = known;
    TrieNode<S> node = from;
    int start = first;
    int end = last;
    int hash = firstHash;
    boolean wild = isWild;
    while (true) {
      if (wild) {
        found = TopicValues.join(found, node.below);
      }
      TrieNode<S> star = wild ? node.star : null;
      TrieNode<S> child = node.child(name, start, end, hash);
      if (end == name.length()) {
        found = star == null ? found : TopicValues.join(found, star.here);
        return child == null ? found : TopicValues.join(found, child.here);
      }
      TrieNode<S> next = child == null ? star : child;
      if (next == null) {
        return found;
      }
      start = end + 1;
      end = TopicNames.end(name, start); // once for both
      hash = TrieNode.hash(name, start, end);
      if (star != null && child != null) {
        found = walk(star, name, start, end, hash, true, found);
      }
      node = next;
      wild = true;
    }
  }

  /** {@return a number that is another after each change} One volatile read. */
  long version() {
    return epoch.version;
  }

  /** {@return how many values there are} */
  int size() {
    return size;
  }

  /** {@return how many nodes there are, which takes a look at each of them} */
  int nodes() {
    synchronized (lock) {
      return root.count();
    }
  }
}
