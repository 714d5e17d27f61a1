package dev.carillon.bus;

import java.util.List;

/** The bus's trie of patterns, for benchmarks. */
public final class OpenTrie {
  private final TopicTrie<Object> trie = new TopicTrie<>();

  /** What a name matched, kept by whoever asked. */
  public static final class Kept {
    private TopicTrie.Match<Object> match;

    private Kept(TopicTrie.Match<Object> match) {
      this.match = match;
    }
  }

  /** Adds a value. */
  public void add(TopicPattern pattern, Object value) {
    trie.add(pattern, value);
  }

  /** {@return whether the value was there} */
  public boolean remove(TopicPattern pattern, Object value) {
    return trie.remove(pattern, value);
  }

  /** {@return how many values a name matches, looked up anew} */
  public int find(String name) {
    return trie.find(name).size();
  }

  /** {@return how many values a name matches, kept by the trie if it was asked before} */
  public int match(String name) {
    return trie.match(name).values().size();
  }

  /** {@return a match to be kept} */
  public Kept keep(String name) {
    return new Kept(trie.match(name));
  }

  /** {@return how many values a kept match has, which is made anew if it is not current} */
  public int match(Kept kept) {
    if (!trie.isCurrent(kept.match)) {
      kept.match = trie.match(kept.match.name());
    }
    return kept.match.values().size();
  }

  /** {@return how many patterns of a list match a name} */
  public static int count(List<TopicPattern> patterns, String name) {
    int count = 0;
    for (TopicPattern pattern : patterns) {
      count += pattern.matchesValid(name) ? 1 : 0;
    }
    return count;
  }
}
