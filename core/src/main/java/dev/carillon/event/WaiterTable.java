package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
   *   output  slot of the merge that this input belongs to
   *   input   which input of that merge, from 0
   *
   * While a node is free, `next` links free nodes and `output` links batches of them. Node 0 does not
   * exist: 0 ends a list.
   */
  static final int LIMIT = (int) SlotTable.HEAD + 1;

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  private static final class Chunk {
    final @Nullable Object[] target = new Object[CHUNK];
    final int[] next = new int[CHUNK];
    final int[] claim = new int[CHUNK];
    final int[] output = new int[CHUNK];
    final int[] input = new int[CHUNK];
  }

  private final Object growing = new Object();
  private volatile Chunk[] chunks = new Chunk[0]; // replaced under growing, never shrinks

  WaiterTable() {
    super(1, LIMIT);
  }

  private Chunk chunk(int node) {
    return chunks[node >>> CHUNK_BITS];
  }

  /** Fills a node that the caller took from the pool; {@return its claim word} */
  int fill(int node, @Nullable Object target, int output, int input) {
    Chunk c = chunk(node);
    int i = node & (CHUNK - 1);
    int claim = (c.claim[i] | 1) + 1;
    INTS.setOpaque(c.claim, i, claim);
    c.output[i] = output;
    c.input[i] = input;
    if (target != null) {
      c.target[i] = target;
    }
    return claim;
  }

  @Nullable Object target(int node) {
    return chunk(node).target[node & (CHUNK - 1)];
  }

  /** Drops the reference to who waited, before the node goes back to the pool. */
  void clearTarget(int node) {
    chunk(node).target[node & (CHUNK - 1)] = null;
  }

  int output(int node) {
    return chunk(node).output[node & (CHUNK - 1)];
  }

  int input(int node) {
    return chunk(node).input[node & (CHUNK - 1)];
  }

  boolean isClaimed(int node) {
    return ((int) INTS.getAcquire(chunk(node).claim, node & (CHUNK - 1)) & 1) != 0;
  }

  /** {@return whether the caller is the one who claimed the use of the node with that claim word} */
  boolean claim(int node, int claim) {
    return INTS.compareAndSet(chunk(node).claim, node & (CHUNK - 1), claim, claim | 1);
  }

  /** {@return whether the caller is the one who claimed the node, which is in a list it took} */
  boolean claimCurrent(int node) {
    int claim = (int) INTS.getAcquire(chunk(node).claim, node & (CHUNK - 1));
    return (claim & 1) == 0 && claim(node, claim);
  }

  @Override
  int next(int node) {
    return chunk(node).next[node & (CHUNK - 1)];
  }

  @Override
  void next(int node, int next) {
    chunk(node).next[node & (CHUNK - 1)] = next;
  }

  @Override
  int link(int node) {
    return (int) INTS.getOpaque(chunk(node).output, node & (CHUNK - 1));
  }

  @Override
  void link(int node, int link) {
    INTS.setOpaque(chunk(node).output, node & (CHUNK - 1), link);
  }

  @Override
  void grow(int bound) {
    int needed = ((bound - 1) >>> CHUNK_BITS) + 1;
    if (chunks.length >= needed) {
      return;
    }
    synchronized (growing) {
      Chunk[] old = chunks;
      if (old.length >= needed) {
        return;
      }
      Chunk[] wider = java.util.Arrays.copyOf(old, needed);
      for (int i = old.length; i < needed; i++) {
        wider[i] = new Chunk();
      }
      chunks = wider;
    }
  }
}
