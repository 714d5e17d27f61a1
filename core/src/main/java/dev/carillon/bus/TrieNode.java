package dev.carillon.bus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link TopicTrie}: the beginning that some patterns share, up to and with one token.
 */
final class TrieNode<S> {
  /*
   * The token is a part of the text of the pattern that the node was made for, which keeps that
   * text alive and needs no string of its own. Only the trie writes, under its lock; anybody reads.
   *
   * Children with literal tokens are in a table with open addressing. A child is added by one
   * release store into a place that is free, or whose child is gone, and removed by one that puts
   * GONE there; probing goes on past GONE, and ends at a place that was never taken. A table that
   * gets too full or too empty is replaced by another with the same children: a reader in the old
   * one misses only what is added later. At least half of the places are free or gone.
   */
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(TrieNode[].class);
  private static final int P = 211; // four characters of a token never collide
  private static final int P2 = P * P;
  private static final int P3 = P2 * P;
  private static final int P4 = P3 * P;
  private static final int FEWEST_PLACES = 2;

  /** Stands where a child was; no token is empty, so it is nobody's. */
  private static final TrieNode<?> GONE = new TrieNode<>("", 0, 0);

  private final String text;
  private final short from;
  private final short to;
  private final int hash;

  // written under the trie's lock; read by anyone
  private volatile @Nullable Children<S> children;
  volatile @Nullable TrieNode<S> star; // the child whose token is *
  volatile @Nullable TopicValues<S> here; // of the pattern that ends with this token
  volatile @Nullable TopicValues<S> below; // of the pattern that goes on with > and ends

  /** Makes a node for the token of a pattern between two places. */
  TrieNode(String text, int from, int to) {
    this.text = text;
    this.from = (short) from;
    this.to = (short) to;
    this.hash = hash(text, from, to);
  }

  /** {@return the hash of a token} A polynomial, four characters at a time. */
  static int hash(String text, int from, int to) {
    int hash = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      hash =
          hash * P4
              + text.charAt(i) * P3
              + text.charAt(i + 1) * P2
              + text.charAt(i + 2) * P
              + text.charAt(i + 3);
    }
    for (; i < to; i++) {
      hash = hash * P + text.charAt(i);
    }
    return hash;
  }

  private boolean is(String name, int start, int end) {
    return to - from == end - start && text.regionMatches(from, name, start, end - start);
  }

  private boolean isStar() {
    return to - from == 1 && text.charAt(from) == '*';
  }

  /** {@return the child whose literal token, of some hash, is that of a name between two places} */
  @Nullable TrieNode<S> child(String name, int start, int end, int hash) {
    Children<S> known = children;
    return known == null ? null : known.find(name, start, end, hash);
  }

  /** {@return the child whose token, which may be a star, is that of a pattern} */
  @Nullable TrieNode<S> next(String pattern, int start, int end) {
    return pattern.charAt(start) == '*'
        ? star
        : child(pattern, start, end, hash(pattern, start, end));
  }

  /** {@return how many children and lists of values there are} */
  int parts() {
    Children<S> known = children;
    return (known == null ? 0 : known.live)
        + (star == null ? 0 : 1)
        + (here == null ? 0 : 1)
        + (below == null ? 0 : 1);
  }

  /** Adds a child that is not there; readers see it by the last store. */
  void add(TrieNode<S> child) {
    if (child.isStar()) {
      star = child;
      return;
    }
    Children<S> known = children;
    if (known == null) {
      known = new Children<>(FEWEST_PLACES);
      known.add(child);
      children = known;
    } else if (known.hasRoom()) {
      known.add(child);
    } else {
      Children<S> more = known.copy(known.live + 1);
      more.add(child);
      children = more;
    }
  }

  /** Removes the child that is there for a token; readers see it by the first store. */
  void remove(String pattern, int start, int end) {
    if (pattern.charAt(start) == '*') {
      star = null;
      return;
    }
    Children<S> known = children;
    if (known == null) {
      return;
    }
    known.remove(pattern, start, end, hash(pattern, start, end));
    if (known.live == 0) {
      children = null;
    } else if (known.isTooEmpty()) {
      children = known.copy(known.live);
    }
  }

  /** {@return how many nodes there are below this one} */
  int count() {
    int count = star == null ? 0 : 1 + star.count();
    Children<S> known = children;
    return known == null ? count : count + known.count();
  }

  /** Children with literal tokens. */
  private static final class Children<S> {
    private final @Nullable TrieNode<S>[] places; // a power of two
    private final int shift;
    // guarded by the trie's lock
    private int live;
    private int taken; // those live and those gone

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of parametrised types
    Children(int places) {
      this.places = new TrieNode[places];
      this.shift = Integer.numberOfLeadingZeros(places) + 1;
    }

    @SuppressWarnings("unchecked") // nothing else is put there
    private @Nullable TrieNode<S> at(int place) {
      return (TrieNode<S>) PLACE.getAcquire(places, place); // pairs with the stores of put
    }

    private void put(int place, TrieNode<?> child) {
      PLACE.setRelease(places, place, child);
    }

    private int first(int hash) {
      return (hash * 0x9E3779B9) >>> shift;
    }

    private int after(int place) {
      return (place + 1) & (places.length - 1);
    }

    @Nullable TrieNode<S> find(String name, int start, int end, int hash) {
      for (int place = first(hash); ; place = after(place)) {
        TrieNode<S> child = at(place);
        if (child == null || (child.hash == hash && child.is(name, start, end))) {
          return child;
        }
      }
    }

    boolean hasRoom() {
      return 2 * (taken + 1) <= places.length;
    }

    boolean isTooEmpty() {
      return places.length > FEWEST_PLACES && 8 * live < places.length;
    }

    void add(TrieNode<S> child) {
      int place = first(child.hash);
      TrieNode<S> before = at(place);
      while (before != null && !before.equals(GONE)) {
        place = after(place);
        before = at(place);
      }
      live++;
      taken += before == null ? 1 : 0;
      put(place, child);
    }

    void remove(String pattern, int start, int end, int hash) {
      for (int place = first(hash); ; place = after(place)) {
        TrieNode<S> child = at(place);
        if (child == null) {
          return;
        }
        if (child.hash == hash && child.is(pattern, start, end)) {
          put(place, GONE);
          live--;
          return;
        }
      }
    }

    /** {@return a table with the same children, and room for so many and some more} */
    Children<S> copy(int room) {
      int least = 5 * room / 2; // so that the next copy is far away, whatever comes and goes
      var copy = new Children<S>(Integer.highestOneBit(2 * least - 1));
      for (int place = 0; place < places.length; place++) {
        TrieNode<S> child = at(place);
        if (child != null && !child.equals(GONE)) {
          copy.add(child);
        }
      }
      return copy;
    }

    int count() {
      int count = 0;
      for (int place = 0; place < places.length; place++) {
        TrieNode<S> child = at(place);
        if (child != null && !child.equals(GONE)) {
          count += 1 + child.count();
        }
      }
      return count;
    }
  }
}
