package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Finds a {@link ThreadCache} for the calling thread, without waiting for another thread. */
final class ThreadCaches {
  /*
   * A platform thread gets a cache of its own, in a small table at one of PROBES places that follow
   * from its id. It owns the cache while it lives, so using it takes neither a lock nor an atomic
   * instruction: finding it is a table lookup and a comparison of ids. A place whose owner has
   * ended is taken over, contents included, by the next thread that wants it: the caches of ended
   * threads are few and lose nothing. Seeing that a thread has ended (Thread.isAlive, or its
   * weak reference cleared, which a live thread prevents) happens-after all that it did.
   *
   * Virtual threads are many and short-lived, so they share a few caches, as do platform threads
   * that find no place. A shared cache is held by try-lock between acquire and release, and no code
   * but ours runs in between. A thread that finds them all held makes a cache for the one use and
   * gives its contents back to the pools on release: nobody ever waits.
   *
   * Nothing here is a thread-local: a thread may be resumed on another carrier and find its place
   * again, and a system that is dropped leaves nothing behind in threads.
   */
  private static final int PLACES = 256;
  private static final int PROBES = 4;
  private static final VarHandle OWNED = MethodHandles.arrayElementVarHandle(ThreadCache[].class);

  private final @Nullable ThreadCache[] owned = new ThreadCache[PLACES];
  private final ThreadCache[] shared;
  private final ThreadCache gone = new ThreadCache(); // counts of one-use caches; guarded by itself
  private final IndexPool slots;
  private final IndexPool nodes;

  ThreadCaches(IndexPool slots, IndexPool nodes) {
    this.slots = slots;
    this.nodes = nodes;
    int wanted = 2 * Runtime.getRuntime().availableProcessors();
    shared = new ThreadCache[Integer.highestOneBit(2 * wanted - 1)];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = new ThreadCache();
    }
  }

  /** {@return a cache that only the caller uses until it releases it} */
  ThreadCache acquire() {
    Thread thread = Thread.currentThread();
    long id = thread.threadId();
    // a plain read: what is found is the caller's own doing, or has final fields and is not used
    ThreadCache cache = owned[(int) id & (PLACES - 1)];
    if (cache != null && cache.ownerId == id) {
      return cache;
    }
    return acquireElsewhere(thread, id);
  }

  /** {@return the cache that the calling thread owns, or null if it shares} */
  @Nullable ThreadCache ofCaller() {
    ThreadCache cache = acquire();
    if (cache.isOwned()) {
      return cache;
    }
    release(cache);
    return null;
  }

  void release(ThreadCache cache) {
    if (!cache.isOwned()) {
      releaseShared(cache);
    }
  }

  private ThreadCache acquireElsewhere(Thread thread, long id) {
    ThreadCache mine = thread.isVirtual() ? null : ownedBy(thread, id);
    if (mine != null) {
      return mine;
    }
    int start = (int) ((id * 0x9E3779B9L) >>> 16);
    for (int i = 0; i < shared.length; i++) {
      ThreadCache cache = shared[(start + i) & (shared.length - 1)];
      if (ThreadCache.LOCK.compareAndSet(cache, 0, 1)) {
        return cache;
      }
    }
    return new ThreadCache();
  }

  private @Nullable ThreadCache ownedBy(Thread thread, long id) {
    for (int i = 0; i < PROBES; i++) {
      ThreadCache cache = (ThreadCache) OWNED.getAcquire(owned, (int) (id + i) & (PLACES - 1));
      if (cache != null && cache.ownerId == id) {
        return cache;
      }
    }
    for (int i = 0; i < PROBES; i++) {
      int place = (int) (id + i) & (PLACES - 1);
      ThreadCache cache = (ThreadCache) OWNED.getAcquire(owned, place);
      if (cache == null || hasEnded(cache)) {
        ThreadCache mine = new ThreadCache(thread);
        if (OWNED.compareAndSet(owned, place, cache, mine)) {
          if (cache != null) {
            mine.inherit(cache);
          }
          return mine;
        }
      }
    }
    return null;
  }

  private static boolean hasEnded(ThreadCache cache) {
    Thread owner = cache.owner.get();
    return owner == null || !owner.isAlive();
  }

  private void releaseShared(ThreadCache cache) {
    for (ThreadCache known : shared) {
      if (known == cache) {
        ThreadCache.LOCK.setRelease(cache, 0);
        return;
      }
    }
    cache.giveAll(slots, nodes);
    synchronized (gone) {
      gone.created += cache.created;
      gone.triggered += cache.triggered;
      gone.poisoned += cache.poisoned;
      gone.merges += cache.merges;
      gone.registered += cache.registered;
    }
  }

  /** {@return the sum of a counter over all caches, of about this moment} */
  long sum(ToLongFunction<ThreadCache> counter) {
    long sum;
    synchronized (gone) {
      sum = counter.applyAsLong(gone);
    }
    for (ThreadCache cache : shared) {
      sum += counter.applyAsLong(cache);
    }
    for (int i = 0; i < PLACES; i++) {
      ThreadCache cache = (ThreadCache) OWNED.getAcquire(owned, i);
      if (cache != null) {
        sum += counter.applyAsLong(cache);
      }
    }
    return sum;
  }
}
