package dev.carillon.event;

import static dev.carillon.event.SlotTable.COMPACTING;
import static dev.carillon.event.SlotTable.HEAD;
import static dev.carillon.event.SlotTable.REMOVALS;
import static dev.carillon.event.SlotTable.head;
import static dev.carillon.event.SlotTable.isPending;

import org.jspecify.annotations.Nullable;

/** The lists of waiters of pending events: adding, removing, and taking out what was removed. */
final class Waitlist {
  /*
   * A list is a stack of nodes whose head is part of the slot's state word, so adding a waiter and
   * completing the event are CASes on the same word: whichever comes second sees the first.
   *
   * Most events have one waiter, and most of these are inputs of merges. Such a waiter needs no node:
   * it is the state word's head itself, in direct form, until somebody else comes to wait too, who
   * brings a node for it. There is no direct head in a list that waiters were removed from.
   *
   * Removing takes constant time. It marks the list with REMOVALS, after which whoever delivers
   * claims each node by CAS, and then claims its node itself: exactly one of the two wins. The node
   * stays linked. To unlink nodes, a thread sets COMPACTING, which gives it alone the right to
   * change links; others may still push. If the removed node is the head, it is popped, which keeps
   * the common case (a wait with a timeout, again and again) free of garbage. Otherwise garbage is
   * counted, and once there is enough of it the whole list is detached, filtered and put back below
   * what was pushed meanwhile, so first-in first-out order holds. The work is paid for by the
   * removals before it: constant time each, amortised.
   *
   * If the event completes during COMPACTING, the completing thread records the outcome in the
   * state word, leaves the list in it, and goes on; the compacting thread finds that and delivers.
   */
  private final EventCore core;
  private final SlotTable slots;
  private final WaiterTable nodes;
  private final ThreadCaches caches;

  Waitlist(EventCore core, SlotTable slots, WaiterTable nodes, ThreadCaches caches) {
    this.core = core;
    this.slots = slots;
    this.nodes = nodes;
    this.caches = caches;
  }

  /**
   * Adds somebody who waits for a pending event.
   *
   * @param target who waits
   * @return the registration; 0 if the event is complete, nothing having been added
   * @throws InvalidHandleException if there never was such an event
   */
  long add(long event, Object target) {
    // the node's output names the slot of the event itself, so that removing can check it
    return add(event, target, (int) (event >>> 32), 0);
  }

  /** Adds an input of a merge to a pending event; {@return whether the event is still pending} */
  boolean addInput(long event, int output, int input) {
    int index = (int) (event >>> 32);
    SlotTable.Chunk slot = core.slotOf(event);
    long state = slot.stateAcquire(index);
    while (SlotTable.canBeDirect(output, input)
        && isPending(state, (int) event)
        && (state & (HEAD | REMOVALS | COMPACTING)) == 0) {
      if (slot.casState(index, state, state | SlotTable.direct(output, input))) {
        if (core.isShutdown()) {
          core.poisonForShutdown(event);
        }
        return true;
      }
      state = slot.stateAcquire(index);
    }
    return add(event, null, output, input) != 0;
  }

  /**
   * Adds a waiter to a pending event.
   *
   * @param target who waits; null for an input of a merge
   * @return the registration; 0 if the event is complete, nothing having been added
   * @throws InvalidHandleException if there never was such an event
   */
  private long add(long event, @Nullable Object target, int output, int input) {
    int index = (int) (event >>> 32);
    SlotTable.Chunk slot = core.slotOf(event);
    long state = slot.stateAcquire(index);
    if (!isPending(state, (int) event)) {
      core.check(event);
      return 0;
    }
    int node = newNode();
    if (node == IndexPool.NONE) {
      throw tooMany(event);
    }
    WaiterTable.Chunk words = nodes.chunk(node);
    int claim = words.fill(node, target, output, input);
    do {
      int older = head(state);
      if (SlotTable.isDirect(older)) {
        older = nodeOf(older);
        if (older == IndexPool.NONE) {
          free(node);
          throw tooMany(event);
        }
      }
      words.next(node, older);
      if (slot.casState(index, state, (state & ~HEAD) | node)) {
        if (core.isShutdown()) {
          core.poisonForShutdown(event);
        }
        return ((long) claim << 32) | node;
      }
      if (older != head(state)) {
        free(older);
      }
      state = slot.stateAcquire(index);
    } while (isPending(state, (int) event));
    free(node);
    return 0;
  }

  private int newNode() {
    ThreadCache cache = caches.acquire();
    int node = cache.takeNode(nodes);
    caches.release(cache);
    return node;
  }

  private EventLimitException tooMany(long event) {
    return new EventLimitException(
        "under 2^25 waiters may be registered in an event system: event=" + core.handle(event));
  }

  /** {@return a list that is a node for a direct head; {@link IndexPool#NONE} if none is left} */
  int nodeOf(int direct) {
    int node = newNode();
    if (node != IndexPool.NONE) {
      WaiterTable.Chunk words = nodes.chunk(node);
      words.fill(node, null, SlotTable.directOutput(direct), SlotTable.directInput(direct));
      words.next(node, 0);
    }
    return node;
  }

  void free(int node) {
    nodes.chunk(node).clearTarget(node);
    ThreadCache cache = caches.acquire();
    cache.giveNode(nodes, node);
    caches.release(cache);
  }

  /** {@return whether the waiter was removed, and so will not be delivered to} */
  boolean remove(long event, long registration) {
    int index = (int) (event >>> 32);
    int generation = (int) event;
    long state;
    do {
      state = slots.stateAcquire(index);
      if (!isPending(state, generation)) {
        return false;
      }
    } while ((state & REMOVALS) == 0 && !slots.casState(index, state, state | REMOVALS));
    int node = (int) registration;
    int claim = (int) (registration >>> 32);
    if (nodes.output(node) != index || !nodes.claim(node, claim)) {
      return false;
    }
    unlink(event, node, claim);
    return true;
  }

  private void unlink(long event, int node, int claim) {
    int index = (int) (event >>> 32);
    int generation = (int) event;
    long state = slots.stateAcquire(index);
    while (isPending(state, generation)
        && head(state) == node
        && (state & COMPACTING) == 0
        && nodes.isClaimed(node, claim)) {
      long marked = state | COMPACTING;
      if (slots.casState(index, state, marked)) {
        // a compaction before ours may have freed the node, and somebody else be using it at the
        // same place; none can while COMPACTING is ours
        boolean popped =
            nodes.isClaimed(node, claim)
                && slots.casState(index, marked, (marked & ~HEAD) | nodes.next(node));
        if (popped) {
          free(node);
        }
        finish(event, index, generation, 0);
        if (popped) {
          return;
        }
      }
      state = slots.stateAcquire(index);
    }
    Details details = core.details.make(event);
    if (details != null && details.countGarbage()) {
      compact(event, index, generation, details);
    }
  }

  private void compact(long event, int index, int generation, Details details) {
    long state = slots.stateAcquire(index);
    while (isPending(state, generation) && (state & COMPACTING) == 0) {
      if (slots.casState(index, state, (state & ~HEAD) | COMPACTING)) {
        finish(event, index, generation, filtered(head(state), details));
        return;
      }
      state = slots.stateAcquire(index);
    }
  }

  /** {@return a detached list without its claimed nodes} */
  private int filtered(int first, Details details) {
    int kept = 0;
    int last = 0;
    int live = 0;
    for (int node = first; node != 0; ) {
      int next = nodes.next(node);
      if (nodes.isClaimed(node)) {
        free(node);
      } else {
        if (last == 0) {
          kept = node;
        } else {
          nodes.next(last, node);
        }
        last = node;
        live++;
      }
      node = next;
    }
    if (last != 0) {
      nodes.next(last, 0);
    }
    details.unlinked(live);
    return kept;
  }

  /** Ends compacting: puts a detached list below what was pushed meanwhile, or delivers it. */
  private void finish(long event, int index, int generation, int filtered) {
    int detached = filtered;
    while (true) {
      long state = slots.stateAcquire(index);
      int newer = head(state);
      int whole = newer == 0 ? detached : newer;
      if (newer != 0 && detached != 0) {
        nodes.next(oldest(newer), detached);
        detached = 0; // linked for good: nobody else may unlink
      }
      if (!isPending(state, generation)) {
        core.completedWhileCompacting(event, (state & ~HEAD) | whole);
        return;
      }
      if (slots.casState(index, state, (state & ~(COMPACTING | HEAD)) | whole)) {
        return;
      }
    }
  }

  private int oldest(int node) {
    int last = node;
    for (int next = nodes.next(last); next != 0; next = nodes.next(last)) {
      last = next;
    }
    return last;
  }

  /**
   * {@return the list in a state word that the caller took, oldest first, or a direct head; removed
   * nodes are freed}
   */
  int take(long state) {
    int newest = head(state);
    if (SlotTable.isDirect(newest)) {
      return newest;
    }
    if ((state & REMOVALS) == 0 && (newest == 0 || nodes.next(newest) == 0)) {
      return newest;
    }
    int reversed = 0;
    boolean removals = (state & REMOVALS) != 0;
    for (int node = newest; node != 0; ) {
      WaiterTable.Chunk words = nodes.chunk(node);
      int next = words.next(node);
      if (removals && words.target(node) != null && !nodes.claimCurrent(node)) {
        free(node);
      } else {
        words.next(node, reversed);
        reversed = node;
      }
      node = next;
    }
    return reversed;
  }
}
