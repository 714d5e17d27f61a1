package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * What a thread keeps at hand of an event system: free slots, free waiter nodes, counters, and its
 * {@link Turn}. Used by one thread at a time, which {@link ThreadCaches} sees to.
 */
final class ThreadCache extends ThreadCacheWords {
  static final int CAPACITY = 2 * IndexPool.BATCH;

  static final VarHandle LOCK;

  static {
    try {
      LOCK = MethodHandles.lookup().findVarHandle(ThreadCacheWords.class, "lock", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // keeps the words from sharing a cache line with the object that follows
  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, qA, qB, qC, qD, qE, qF;

  ThreadCache(Thread owner) {
    super(owner.threadId(), new WeakReference<>(owner));
  }

  ThreadCache() {
    super(0, new WeakReference<>(null));
  }

  /** {@return whether only one thread ever uses this cache, so that it needs no release} */
  boolean isOwned() {
    return ownerId != 0;
  }

  /** Takes over what a cache holds whose owner has ended. */
  void inherit(ThreadCache dead) {
    System.arraycopy(dead.slots, 0, slots, 0, slots.length);
    System.arraycopy(dead.nodes, 0, nodes, 0, nodes.length);
    slotCount = dead.slotCount;
    nodeCount = dead.nodeCount;
    created = dead.created;
    triggered = dead.triggered;
    poisoned = dead.poisoned;
    merges = dead.merges;
    registered = dead.registered;
  }

  int takeSlot(IndexPool pool, int batch) {
    if (slotCount == 0) {
      slotCount = pool.take(slots, PAD, batch);
      if (slotCount == 0) {
        return IndexPool.NONE;
      }
    }
    return slots[PAD + --slotCount];
  }

  void giveSlot(IndexPool pool, int index, int capacity) {
    if (slotCount >= capacity) {
      if (capacity == 0) {
        slots[PAD] = index;
        pool.give(slots, PAD, 1);
        return;
      }
      slotCount -= IndexPool.BATCH;
      pool.give(slots, PAD + slotCount, IndexPool.BATCH);
    }
    slots[PAD + slotCount++] = index;
  }

  int takeNode(IndexPool pool) {
    if (nodeCount == 0) {
      nodeCount = pool.take(nodes, PAD, IndexPool.BATCH);
      if (nodeCount == 0) {
        return IndexPool.NONE;
      }
    }
    registered++;
    return nodes[PAD + --nodeCount];
  }

  void giveNode(IndexPool pool, int index) {
    registered--;
    if (nodeCount == CAPACITY) {
      nodeCount -= IndexPool.BATCH;
      pool.give(nodes, PAD + nodeCount, IndexPool.BATCH);
    }
    nodes[PAD + nodeCount++] = index;
  }

  /** Gives back all that the cache holds, which is not used again. */
  void giveAll(IndexPool slotPool, IndexPool nodePool) {
    slotPool.give(slots, PAD, slotCount);
    nodePool.give(nodes, PAD, nodeCount);
    slotCount = 0;
    nodeCount = 0;
  }
}

/** The words of a {@link ThreadCache}. */
abstract class ThreadCacheWords extends Turn {
  /** Unused ints at both ends of an array, so that it shares no cache line with its neighbours. */
  static final int PAD = 32;

  /** Id of the thread that owns this cache; 0 if threads share it, one after another. */
  final long ownerId;

  final WeakReference<Thread> owner;

  // used only by whoever holds the cache
  final int[] slots = new int[PAD + ThreadCache.CAPACITY + PAD];
  final int[] nodes = new int[PAD + ThreadCache.CAPACITY + PAD];
  int slotCount;
  int nodeCount;

  // written by whoever holds the cache, read by any thread for statistics
  long created;
  long triggered;
  long poisoned;
  long merges;
  long registered; // nodes taken less nodes given back

  // 1 while a thread holds a shared cache; unused in an owned one
  int lock;

  ThreadCacheWords(long ownerId, WeakReference<Thread> owner) {
    this.ownerId = ownerId;
    this.owner = owner;
  }
}
