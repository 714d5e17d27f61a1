package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * What a thread keeps at hand of an event system: free slots, free waiter nodes, counters. Used by
 * one thread at a time, which {@link ThreadCaches} sees to.
 */
final class ThreadCache {
  static final int CAPACITY = 2 * IndexPool.BATCH;

  static final VarHandle LOCK;

  static {
    try {
      LOCK = MethodHandles.lookup().findVarHandle(ThreadCache.class, "lock", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Id of the thread that owns this cache; 0 if threads share it, one after another. */
  final long ownerId;

  final WeakReference<Thread> owner;

  // used only by whoever holds the cache
  final int[] slots = new int[CAPACITY];
  final int[] nodes = new int[CAPACITY];
  int slotCount;
  int nodeCount;
  final Turn turn = new Turn(); // of the owning thread

  // written by whoever holds the cache, read by any thread for statistics
  long created;
  long triggered;
  long poisoned;
  long merges;
  long registered; // nodes taken less nodes given back

  // 1 while a thread holds a shared cache; unused in an owned one
  @SuppressWarnings("unused")
  private int lock;

  ThreadCache(Thread owner) {
    this.ownerId = owner.threadId();
    this.owner = new WeakReference<>(owner);
  }

  ThreadCache() {
    this.ownerId = 0;
    this.owner = new WeakReference<>(null);
  }

  /** Takes over what a cache holds whose owner has ended. */
  void inherit(ThreadCache dead) {
    System.arraycopy(dead.slots, 0, slots, 0, dead.slotCount);
    System.arraycopy(dead.nodes, 0, nodes, 0, dead.nodeCount);
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
      slotCount = pool.take(slots, batch);
      if (slotCount == 0) {
        return IndexPool.NONE;
      }
    }
    return slots[--slotCount];
  }

  void giveSlot(IndexPool pool, int index, int capacity) {
    if (slotCount >= capacity) {
      if (capacity == 0) {
        slots[0] = index;
        pool.give(slots, 0, 1);
        return;
      }
      slotCount -= IndexPool.BATCH;
      pool.give(slots, slotCount, IndexPool.BATCH);
    }
    slots[slotCount++] = index;
  }

  int takeNode(IndexPool pool) {
    if (nodeCount == 0) {
      nodeCount = pool.take(nodes, IndexPool.BATCH);
      if (nodeCount == 0) {
        return IndexPool.NONE;
      }
    }
    registered++;
    return nodes[--nodeCount];
  }

  void giveNode(IndexPool pool, int index) {
    registered--;
    if (nodeCount == CAPACITY) {
      nodeCount -= IndexPool.BATCH;
      pool.give(nodes, nodeCount, IndexPool.BATCH);
    }
    nodes[nodeCount++] = index;
  }
}
