package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Something that runs on a pool and waits in the queue of a shard for a thread. */
abstract class Entry extends Queued {
  /*
   * How urgent an entry is may become known while it waits, from what waits for it. Anyone may
   * raise it at any time: `wanted` and `wantedBand` only ever fall. The queue it is in keeps its own
   * copy, `due` and `band`, and takes over the wish when it is told to. Nothing is lost: an entry
   * is marked QUEUED before the wish is read, and the wish is made before the mark is looked at.
   */
  private static final VarHandle WANTED;
  private static final VarHandle WANTED_BAND;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WANTED = lookup.findVarHandle(Entry.class, "wanted", long.class);
      WANTED_BAND = lookup.findVarHandle(Entry.class, "wantedBand", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The time of a deadline that there is not. */
  static final long NEVER = Long.MAX_VALUE;

  /** The due time of an entry that is to be cleared away. */
  static final long AT_ONCE = Long.MIN_VALUE;

  final Shard shard;
  final @Nullable Object key;
  private final long number;

  // written by anyone, falling only; read by anyone
  private volatile long wanted;
  private volatile int wantedBand;

  // written by anyone, once; read by anyone
  volatile boolean cancelled;

  // guarded by the shard's lock
  int band;
  long readySince;
  boolean holdsKey;
  @Nullable AgeList ages; // the list of those below the highest band that it is in
  @Nullable Entry older; // its neighbours there
  @Nullable Entry younger;

  Entry(Shard shard, @Nullable Object key, long number, long wanted, int wantedBand) {
    this.shard = shard;
    this.key = key;
    this.number = number;
    WANTED.set(this, wanted); // plain: whoever hands the entry on publishes it
    WANTED_BAND.set(this, wantedBand);
  }

  @Override
  final long number() {
    return number;
  }

  final long wanted() {
    return wanted;
  }

  final int wantedBand() {
    return wantedBand;
  }

  /** {@return whether this made the entry more urgent than it was} */
  final boolean urge(long newWanted, int newBand) {
    boolean urged = false;
    for (long old = wanted; newWanted < old; old = wanted) {
      if (WANTED.compareAndSet(this, old, newWanted)) {
        urged = true;
        break;
      }
    }
    for (int old = wantedBand; newBand < old; old = wantedBand) {
      if (WANTED_BAND.compareAndSet(this, old, newBand)) {
        urged = true;
        break;
      }
    }
    return urged;
  }

  /** Makes the entry less urgent: only its owner may, while it is in no queue. */
  final void downgrade(long newWanted, int newBand) {
    wanted = newWanted;
    wantedBand = newBand;
  }

  /** {@return the time that an entry before this one may be due at most, for this to be on time} */
  abstract long latestStart();

  /** Told that it waits for a thread; under the shard's lock. */
  abstract void queued(long now);

  /** Told that it waits for those before it with its key; under the shard's lock. */
  abstract void behindKey(long now);

  /** {@return since when it does what it does} */
  abstract long since();

  /**
   * Runs, on a thread of the pool, no lock held; also clears itself away if it was cancelled.
   *
   * @param now the time of the pick
   */
  abstract void run(long now);

  /** {@return its name, for explanations} */
  abstract String name();
}
