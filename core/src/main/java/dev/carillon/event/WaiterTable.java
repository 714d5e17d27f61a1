package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The nodes of all lists of waiters: their words, in chunks that never move. */
final class WaiterTable extends IndexPool {
  /*
   * A node has 20 bytes. It belongs to one list, from the CAS that makes it a list's head until the
   * list is delivered or the node is unlinked; its words are written before that CAS and read after
   * the CAS that takes the list, so plain accesses suffice, except for `claim`:
   *
   *   target  who waits; null for an input of a merge
   *   next    the node registered before this one, 0 for none
   *   claim   number of uses of this node, times two, plus one once somebody has claimed it. A
   *           waiter is claimed by whoever removes it, or by whoever delivers to it when the list
   *           is marked REMOVALS; the number keeps a late remover off the node's next user.
   *   output  slot of the merge, or part of one, that this input belongs to; of any other waiter, slot of its event
   *   input   which input of that merge, from 0
   *
   * Node 0 does not exist: 0 ends a list. The indexes end where direct heads begin.
   */
  static final int LIMIT = 1 << 25;

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int OFFSET = CHUNK - 1;
  private static final int PAD = 32; // see SlotTable

  // a node's ints lie side by side, on one cache line
  private static final int WORDS = 4;
  private static final int NEXT = 0;
  private static final int CLAIM = 1;
  private static final int OUTPUT = 2;
  private static final int INPUT = 3;

  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /** The words of {@link #CHUNK} nodes. */
  static final class Chunk {
    final @Nullable Object[] targets = new Object[PAD + CHUNK + PAD];
    final int[] words = new int[PAD + WORDS * CHUNK + PAD];

    private static int at(int node, int word) {
      return PAD + (node & OFFSET) * WORDS + word;
    }

    @Nullable Object target(int node) {
      return targets[PAD + (node & OFFSET)];
    }

    /** {@return who waited} Drops the reference. */
    Object takeTarget(int node) {
      Object target = Objects.requireNonNull(targets[PAD + (node & OFFSET)]);
      targets[PAD + (node & OFFSET)] = null;
      return target;
    }

    /** Drops the reference to who waited, before the node goes back to the pool. */
    void clearTarget(int node) {
      if (targets[PAD + (node & OFFSET)] != null) {
        targets[PAD + (node & OFFSET)] = null;
      }
    }

    int next(int node) {
      return words[at(node, NEXT)];
    }

    void next(int node, int next) {
      words[at(node, NEXT)] = next;
    }

    int output(int node) {
      return words[at(node, OUTPUT)];
    }

    int input(int node) {
      return words[at(node, INPUT)];
    }

    /** Fills a node that the caller took from the pool; {@return its claim word} */
    int fill(int node, @Nullable Object target, int output, int input) {
      int claim = (words[at(node, CLAIM)] | 1) + 1;
      INTS.setOpaque(words, at(node, CLAIM), claim);
      words[at(node, OUTPUT)] = output;
      words[at(node, INPUT)] = input;
      if (target != null) {
        targets[PAD + (node & OFFSET)] = target;
      }
      return claim;
    }
  }

  private volatile Chunk[] chunks = new Chunk[0]; // replaced by grow, never shrinks
  private Chunk[] seen = chunks; // read and written racily: some value that chunks had

  WaiterTable() {
    super(1, LIMIT);
  }

  /** {@return the words of a node, which exists} */
  Chunk chunk(int node) {
    Chunk[] known = seen;
    int i = node >>> CHUNK_BITS;
    Chunk found = i < known.length ? known[i] : null;
    return found != null ? found : chunkSeenLate(i);
  }

  private Chunk chunkSeenLate(int i) {
    Chunk[] known = chunks;
    seen = known;
    return known[i];
  }

  @Nullable Object target(int node) {
    return chunk(node).target(node);
  }

  int output(int node) {
    return chunk(node).output(node);
  }

  boolean isClaimed(int node) {
    return ((int) INTS.getAcquire(chunk(node).words, Chunk.at(node, CLAIM)) & 1) != 0;
  }

  /** {@return whether the node is still in the use that was claimed with that claim word} */
  boolean isClaimed(int node, int claim) {
    return (int) INTS.getAcquire(chunk(node).words, Chunk.at(node, CLAIM)) == (claim | 1);
  }

  /**
   * {@return whether the caller is the one who claimed the use of the node with that claim word}
   */
  boolean claim(int node, int claim) {
    return INTS.compareAndSet(chunk(node).words, Chunk.at(node, CLAIM), claim, claim | 1);
  }

  /** {@return whether the caller is the one who claimed the node, which is in a list it took} */
  boolean claimCurrent(int node) {
    int claim = (int) INTS.getAcquire(chunk(node).words, Chunk.at(node, CLAIM));
    return (claim & 1) == 0 && claim(node, claim);
  }

  int next(int node) {
    return chunk(node).next(node);
  }

  void next(int node, int next) {
    chunk(node).next(node, next);
  }

  @Override
  void grow(int bound) {
    Chunk[] old = chunks;
    int needed = ((bound - 1) >>> CHUNK_BITS) + 1;
    if (old.length < needed) {
      Chunk[] wider = Arrays.copyOf(old, needed);
      for (int i = old.length; i < needed; i++) {
        wider[i] = new Chunk();
      }
      chunks = wider;
    }
  }
}
