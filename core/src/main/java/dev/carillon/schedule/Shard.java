package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One queue of a pool: what arrives, in which order it runs, and whose key is taken. */
final class Shard {
  /*
   * Anyone posts messages to the inbox, a stack (Treiber 1986) that is taken whole and turned
   * round, so that messages are handled in the order of their posting. Whoever wants something to
   * run takes the lock, handles the inbox and picks; so the queues have one writer at a time, and
   * posting never waits for it. The lock is held for the time of a few heap operations, and never
   * while anything of the user's runs.
   *
   * The dispatch rule. The pick is the earliest deadline of the highest band that has anything;
   * but of every `lowShare` picks one, at fixed places in the count, is the oldest entry below the
   * highest band, if there is one. So the j-th oldest such entry is picked within lowShare * j
   * picks, whatever else arrives: each reserved pick takes an entry at least as old, and none that
   * is younger comes before it among those.
   *
   * "Oldest" is the order of a list: an entry goes to its end when it becomes ready. One that comes
   * back with permits or locks granted has a list of its own, as others wait for what it holds. As
   * long as both have entries they take the reserved picks by turns, so that neither starves the
   * other, and 2 * lowShare * j is the bound. Ageing looks at both.
   *
   * `ready` and `inbox` tell whoever asks without the lock that there is something. While the inbox
   * is handled, its letters are in neither; so `ready` is raised before the inbox is taken and set
   * right at the end, and the inbox is looked at first.
   *
   * Of the entries with one key only the first is in the queues; the others stand behind it, in
   * the order of their arrival, and the next enters when it has finished. What stands behind makes
   * the first at least as urgent as itself. That reaches further than this shard and is told without
   * the lock; a pick tells it first, and chooses when there is nothing more to tell.
   */
  enum Message {
    /** An entry is new. */
    ARRIVED,
    /** An entry that has been picked before is ready again. */
    AGAIN,
    /** An entry that has been picked before is ready again, with what it needs. */
    RETURNED,
    /** An entry with a key is over. */
    FINISHED,
    /** An entry was cancelled. */
    CANCELLED,
    /** An entry has become more urgent. */
    URGED
  }

  private static final class Letter {
    final Message message;
    final Entry entry;
    @Nullable Letter next;

    Letter(Message message, Entry entry) {
      this.message = message;
      this.entry = entry;
    }
  }

  /** The load of a queue whose admitted work needs one whole thread. */
  static final long LOAD_OF_ONE = 1L << 20;

  private static final int MOST_PROMOTED = 4; // by one pick
  private static final int MOST_ROUNDS = 4; // of telling what is urged, before a pick

  private static final VarHandle INBOX;
  private static final VarHandle READY;
  private static final VarHandle TOP;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      INBOX = lookup.findVarHandle(Shard.class, "inbox", Letter.class);
      READY = lookup.findVarHandle(Shard.class, "ready", int.class);
      TOP = lookup.findVarHandle(Shard.class, "top", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int lowShare;
  private final long ageing; // nanoseconds, or NEVER
  private final Urging urging;

  // pushed to by anyone, taken whole under the lock
  private volatile @Nullable Letter inbox;

  // written under the lock; read by anyone as hints
  private volatile int ready;
  private volatile int top = Band.MOST;

  // added to by anyone
  private final AtomicLong load = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private final List<DeadlineQueue<Entry>> bands;
  private final BandCounts[] counts;
  private final HashMap<Object, KeyQueue> keys = new HashMap<>();
  private long occupied; // a bit for each band that has entries
  private List<Urge> urges = new ArrayList<>(); // made under the lock, passed on after it
  private int size;
  private long picks;
  private long reserved; // picks of the oldest
  private final AgeList arrived = new AgeList();
  private final AgeList returned = new AgeList();

  /** Makes what an entry depends on as urgent as that entry. */
  interface Urging {
    /** Called without the shard's lock. */
    void urge(Entry first, Entry behind);
  }

  /** An entry that has become more urgent because of another. */
  private record Urge(Entry first, Entry behind) {}

  Shard(int bandCount, int lowShare, long ageing, Urging urging) {
    this.lowShare = lowShare;
    this.ageing = ageing;
    this.urging = urging;
    this.bands = new ArrayList<>(bandCount);
    this.counts = new BandCounts[bandCount];
    for (int i = 0; i < bandCount; i++) {
      bands.add(new DeadlineQueue<>());
      counts[i] = new BandCounts();
    }
  }

  /**
   * {@return whether this queue can promise so much more work}
   *
   * @param more the load, {@link #LOAD_OF_ONE} being a whole thread
   * @param bound how much it may promise, in threads
   * @param threads how many threads work for it
   */
  boolean admit(long more, double bound, double threads) {
    if (more == 0 || bound == Double.POSITIVE_INFINITY) {
      return true;
    }
    double most = bound * threads * LOAD_OF_ONE;
    for (long old = load.get(); old + more <= most; old = load.get()) {
      if (load.compareAndSet(old, old + more)) {
        return true;
      }
    }
    return false;
  }

  /** Gives back what was admitted. */
  void release(long admitted, double bound) {
    if (admitted > 0 && bound != Double.POSITIVE_INFINITY) {
      load.addAndGet(-admitted);
    }
  }

  /** Posts a message; the caller then signals the pool. */
  void post(Message message, Entry entry) {
    var letter = new Letter(message, entry);
    Letter old;
    do {
      old = inbox;
      letter.next = old;
    } while (!INBOX.compareAndSet(this, old, letter));
  }

  /** {@return whether a pick may find something} */
  boolean hasWork() {
    return inbox != null || ready > 0; // in this order
  }

  /** {@return the index of the highest band with something ready, as far as that is known} */
  int top() {
    return inbox == null ? top : 0; // what is in the inbox may be of any
  }

  /** {@return the entry to run now, taken off the queue; null if there is none} */
  @Nullable Entry pick(long now) {
    if (!hasWork()) {
      return null;
    }
    Entry picked = null;
    boolean settled = false;
    for (int round = 0; !settled; round++) {
      List<Urge> urged;
      lock.lock();
      try {
        drain(now);
        urged = takeUrges();
        settled = urged.isEmpty() || round == MOST_ROUNDS;
        if (settled) {
          promote(now);
          picked = take(now);
        }
      } finally {
        publish();
        lock.unlock();
      }
      tell(urged);
    }
    return picked;
  }

  private @Nullable Entry take(long now) {
    Entry picked = choose();
    if (picked != null) {
      leave(picked);
      if (picked.due != Entry.AT_ONCE) {
        counts[picked.band].dispatched(now - picked.readySince);
      }
    }
    return picked;
  }

  private List<Urge> takeUrges() {
    if (urges.isEmpty()) {
      return List.of();
    }
    List<Urge> taken = urges;
    urges = new ArrayList<>();
    return taken;
  }

  private void tell(List<Urge> urged) {
    for (Urge urge : urged) {
      urging.urge(urge.first(), urge.behind());
    }
  }

  private @Nullable Entry choose() {
    if (occupied == 0) {
      return null;
    }
    Entry best = bands.get(Long.numberOfTrailingZeros(occupied)).first();
    if (best != null && best.due == Entry.AT_ONCE) {
      return best; // only cleared away: not a dispatch
    }
    picks++;
    if (picks % lowShare != 0) {
      return best;
    }
    Entry oldest = oldest();
    if (oldest == null) {
      return best;
    }
    reserved++;
    return oldest;
  }

  private @Nullable Entry oldest() {
    AgeList first = (reserved & 1) == 0 ? returned : arrived;
    AgeList second = first == returned ? arrived : returned;
    Entry oldest = first.oldest();
    return oldest == null ? second.oldest() : oldest;
  }

  /** Tells those without the lock what there is. */
  private void publish() {
    // released only: late news of fewer makes a look too many; more was told before, in drain()
    TOP.setRelease(this, occupied == 0 ? Band.MOST : Long.numberOfTrailingZeros(occupied));
    READY.setRelease(this, size);
  }

  /** Handles the messages in the inbox; the lock is held. */
  private void drain(long now) {
    while (inbox != null) {
      READY.setRelease(this, size + 1); // not after the exchange, which is volatile
      Letter letter = reversed((Letter) INBOX.getAndSet(this, null));
      while (letter != null) {
        handle(letter.message, letter.entry, now);
        letter = letter.next;
      }
    }
  }

  private static @Nullable Letter reversed(@Nullable Letter last) {
    Letter first = null;
    Letter letter = last;
    while (letter != null) {
      Letter next = letter.next;
      letter.next = first;
      first = letter;
      letter = next;
    }
    return first;
  }

  private void handle(Message message, Entry entry, long now) {
    switch (message) {
      case ARRIVED -> arrive(entry, now);
      case AGAIN -> enter(entry, now, false);
      case RETURNED -> enter(entry, now, true);
      case FINISHED -> finish(entry, now);
      case CANCELLED -> cancel(entry, now);
      case URGED -> reorder(entry);
    }
  }

  private void arrive(Entry entry, long now) {
    if (entry.key == null) {
      enter(entry, now, false);
      return;
    }
    KeyQueue queue = keys.get(entry.key);
    if (queue == null) {
      keys.put(entry.key, new KeyQueue(entry));
      entry.holdsKey = true;
      enter(entry, now, false);
    } else if (entry.cancelled) {
      enter(entry, now, false);
    } else {
      entry.behindKey(now);
      queue.add(entry);
      urges.add(new Urge(queue.first(), entry));
    }
  }

  private void finish(Entry entry, long now) {
    if (!entry.holdsKey || entry.key == null) {
      return;
    }
    entry.holdsKey = false;
    KeyQueue queue = keys.get(entry.key);
    if (queue == null) {
      return;
    }
    Entry next = queue.advance();
    if (next == null) {
      keys.remove(entry.key);
      return;
    }
    next.holdsKey = true;
    Entry behind = queue.mostUrgent();
    if (behind != null) {
      urges.add(new Urge(next, behind));
    }
    enter(next, now, false);
  }

  private void cancel(Entry entry, long now) {
    if (entry.isQueued()) {
      if (entry.due != Entry.AT_ONCE) {
        leave(entry);
        enter(entry, now, false);
      }
    } else if (entry.key != null && !entry.holdsKey) {
      KeyQueue queue = keys.get(entry.key);
      if (queue != null && queue.remove(entry)) {
        enter(entry, now, false);
      }
    }
  }

  private void reorder(Entry entry) {
    if (!entry.isQueued()) {
      KeyQueue queue = entry.key == null || entry.holdsKey ? null : keys.get(entry.key);
      if (queue != null && !queue.first().equals(entry)) {
        queue.urged();
        urges.add(new Urge(queue.first(), entry));
      }
      return;
    }
    if (entry.due == Entry.AT_ONCE) {
      return;
    }
    int band = Math.min(entry.wantedBand(), bands.size() - 1);
    if (band < entry.band) {
      moveUp(entry, band, entry.wanted());
    } else if (entry.wanted() < entry.due) {
      bands.get(entry.band).move(entry, entry.wanted());
    }
  }

  /** Moves an entry to a higher band; among the lower ones it keeps its age. */
  private void moveUp(Entry entry, int band, long due) {
    takeOut(entry);
    if (band == 0) {
      loseAge(entry);
    }
    putIn(entry, band, due);
  }

  private void enter(Entry entry, long now, boolean holds) {
    entry.queued(now);
    entry.readySince = entry.since();
    if (entry.cancelled) { // to the very front, so that the next pick clears it away
      place(entry, 0, Entry.AT_ONCE, true);
    } else {
      place(entry, Math.min(entry.wantedBand(), bands.size() - 1), entry.wanted(), holds);
    }
  }

  private void place(Entry entry, int band, long due, boolean holds) {
    putIn(entry, band, due);
    if (band > 0) {
      (holds ? returned : arrived).add(entry);
    }
    size++;
  }

  private void leave(Entry entry) {
    takeOut(entry);
    loseAge(entry);
    size--;
  }

  private static void loseAge(Entry entry) {
    AgeList ages = entry.ages;
    if (ages != null) {
      ages.remove(entry);
    }
  }

  private void putIn(Entry entry, int band, long due) {
    entry.band = band;
    bands.get(band).add(entry, due);
    occupied |= 1L << band;
  }

  private void takeOut(Entry entry) {
    DeadlineQueue<Entry> queue = bands.get(entry.band);
    queue.remove(entry);
    if (queue.isEmpty()) {
      occupied &= ~(1L << entry.band);
    }
  }

  /** Moves entries to the highest band that have been ready for long. */
  private void promote(long now) {
    if (ageing != Entry.NEVER) {
      promote(returned, now);
      promote(arrived, now);
    }
  }

  private void promote(AgeList ages, long now) {
    for (int i = 0; i < MOST_PROMOTED; i++) {
      Entry entry = ages.oldest();
      if (entry == null || now - entry.readySince < ageing) {
        return;
      }
      moveUp(entry, 0, entry.due);
      counts[0].promoted++;
    }
  }

  /** Handles what has been posted, for those who only look. */
  void catchUp(long now) {
    List<Urge> urged;
    lock.lock();
    try {
      drain(now);
      urged = takeUrges();
    } finally {
      publish();
      lock.unlock();
    }
    tell(urged);
  }

  /** Adds what this shard has counted to sums by band. */
  void addTo(BandCounts[] sums, int[] queued, long now) {
    catchUp(now);
    lock.lock();
    try {
      for (int i = 0; i < counts.length; i++) {
        sums[i].add(counts[i]);
        queued[i] += bands.get(i).size();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return the entries that the dispatch rule would pick before another, and how many they are}
   */
  Ahead ahead(Entry entry, int most, long now) {
    catchUp(now);
    lock.lock();
    try {
      var named = new ArrayList<String>();
      int[] count = {0};
      if (entry.isQueued()) {
        for (int band = 0; band <= entry.band; band++) {
          boolean same = band == entry.band;
          bands
              .get(band)
              .forEach(other -> {
                if (!other.equals(entry) && (!same || other.isBefore(entry))) {
                  count[0]++;
                  if (named.size() < most) {
                    named.add(other.name());
                  }
                }
              });
        }
      }
      return new Ahead(entry.band, count[0], named);
    } finally {
      lock.unlock();
    }
  }

  /** {@return the name of the entry that has the key of another, if one has} */
  @Nullable String holderOfKey(Entry entry, long now) {
    catchUp(now);
    lock.lock();
    try {
      KeyQueue queue = entry.key == null ? null : keys.get(entry.key);
      return queue == null ? null : queue.first().name();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is ahead of an entry.
   *
   * @param band the entry's band
   * @param count how many entries are ahead
   * @param names of some of them
   */
  record Ahead(int band, int count, List<String> names) {}
}
