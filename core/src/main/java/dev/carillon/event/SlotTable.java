package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The slots of an event system: their words, in chunks that never move. */
final class SlotTable extends IndexPool {
  /*
   * A slot has 20 bytes, and 4 more for either column that its chunk has. Its state is one long, and every transition of an event is one CAS on it:
   *
   *   63          32 31  30   29   28    27   26   25                    0
   *   +-------------+------+-----+-----+----+-----+-----------------------+
   *   | generation  |status| REM | COM |JOIN| DET |  head of the waiters  |
   *   +-------------+------+-----+-----+----+-----+-----------------------+
   *
   *   status  FREE       the generation is the next to be given out
   *           PENDING    the event of this generation is pending
   *           TRIGGERED  complete, slot not reused: either it is retired, or a compaction is under
   *                      way and its thread delivers
   *           POISONED   likewise, or for an instant until its generation moves on; after shutdown
   *                      for good
   *   REM     waiters were removed, so whoever delivers must claim each waiter first
   *   COM     one thread is taking removed waiters out of the list; it alone may unlink, and if
   *           the event completes meanwhile it delivers
   *   JOIN    the event is the output of a merge: `remaining` counts its inputs
   *   DET     `Details` are kept for it; see `DetailsBook`
   *   head    index of the newest waiter node, 0 for none; or, with its highest bit set, the one
   *           waiter itself, an input of a merge:
   *
   *     25  24                    4 3      0
   *   +---+------------------------+--------+
   *   | 1 |    slot of the merge   | input  |     a "direct" head
   *   +---+------------------------+--------+
   *
   * Completion is (g, PENDING, head) -> (g + 1, FREE, 0) in one CAS, which at once fixes the outcome,
   * makes every handle of generation g stale and takes the list of waiters away: nobody can be added
   * to a list that was taken, and nobody is missed. A stale handle means triggered unless the slot's
   * poison log has its generation.
   *
   * `born` is the coarse time of creation, `inputs` and `remaining` are a merge's, `poison` is the
   * slot's poison log, from the first of its events that is poisoned on. A slot can also be part of
   * a larger merge: see `Merges` for what its words mean then. Its state stays FREE, so it has no
   * event.
   *
   * The arrays of a chunk begin and end with PAD unused places. Without them the first slots would
   * share a cache line with the length of their array, which every access to any slot reads.
   *
   * Chunks are found through `seen`, a plain field, which costs no ordering: a chunk's fields are
   * final, so whoever finds a chunk finds it whole, and whoever finds null or nothing looks at
   * `chunks`.
   */
  static final long FREE = 0;
  static final long PENDING = 1L << 30;
  static final long TRIGGERED = 2L << 30;
  static final long POISONED = 3L << 30;
  static final long STATUS = 3L << 30;
  static final long REMOVALS = 1L << 29;
  static final long COMPACTING = 1L << 28;
  static final long JOIN = 1L << 27;
  static final long DETAILS = 1L << 26;
  static final long HEAD = DETAILS - 1;

  private static final int DIRECT = 1 << 25;
  private static final int INPUT_BITS = 4;

  /** How many inputs of a merge, counted from 0, a direct head can name. */
  static final int DIRECT_INPUTS = 1 << INPUT_BITS;

  private static final int DIRECT_SLOTS = 1 << (25 - INPUT_BITS);

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int OFFSET = CHUNK - 1;
  private static final int PAD = 32;
  private static final int LENGTH = PAD + CHUNK + PAD;

  private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /** The words of {@link #CHUNK} slots. */
  static final class Chunk {
    final long[] state = new long[LENGTH];
    final int[] born = new int[LENGTH];
    final int[] remaining = new int[LENGTH];
    final int[] inputs = new int[LENGTH];
    private final SlotColumn<PoisonLog> poison = new SlotColumn<>(CHUNK);
    private final SlotColumn<Details> details = new SlotColumn<>(CHUNK);

    /** {@return where the words of a slot are} */
    static int at(int index) {
      return PAD + (index & OFFSET);
    }

    Chunk() {
      Arrays.fill(state, (1L << 32) | FREE);
    }

    /** Reads the state; pairs with every successful {@link #casState} and {@link #stateRelease}. */
    long stateAcquire(int index) {
      return (long) STATE.getAcquire(state, at(index));
    }

    /** Writes the state of a slot that nobody else may change now. */
    void stateRelease(int index, long newState) {
      STATE.setRelease(state, at(index), newState);
    }

    boolean casState(int index, long expected, long newState) {
      return STATE.compareAndSet(state, at(index), expected, newState);
    }

    /** {@return the generation of a slot that the caller took from the pool} */
    long generationOfTaken(int index) {
      return state[at(index)] >>> 32;
    }

    @Nullable Details details(int index) {
      return details.acquire(index & OFFSET);
    }

    void details(int index, Details about) {
      details.set(index & OFFSET, about);
    }

    boolean casDetails(int index, @Nullable Details expected, @Nullable Details about) {
      return details.compareAndSet(index & OFFSET, expected, about);
    }

    @Nullable PoisonLog poisonLog(int index) {
      return poison.acquire(index & OFFSET);
    }

    /** {@return the poison log of a slot, made if there is none} */
    PoisonLog makePoisonLog(int index) {
      PoisonLog log = poisonLog(index);
      while (log == null) {
        var made = new PoisonLog();
        log = poison.compareAndSet(index & OFFSET, null, made) ? made : poisonLog(index);
      }
      return log;
    }

    int born(int index) {
      return born[at(index)];
    }

    void born(int index, int time) {
      born[at(index)] = time;
    }

    /** {@return how many inputs a merge has; of a part of a merge, see {@link Merges}} */
    int inputs(int index) {
      return inputs[at(index)];
    }

    /** Sets the inputs of a merge or a part of one that nobody knows yet, and what is to count. */
    void inputs(int index, int count, int toCount) {
      inputs[at(index)] = count;
      remaining[at(index)] = toCount;
    }

    int remainingAcquire(int index) {
      return (int) INTS.getAcquire(remaining, at(index));
    }

    boolean casRemaining(int index, int expected, int newRemaining) {
      return INTS.compareAndSet(remaining, at(index), expected, newRemaining);
    }

    int addRemaining(int index, int delta) {
      return (int) INTS.getAndAdd(remaining, at(index), delta);
    }
  }

  private volatile Chunk[] chunks = new Chunk[0]; // replaced by grow, never shrinks
  private Chunk[] seen = chunks; // read and written racily: some value that chunks had

  SlotTable(int limit) {
    super(0, limit);
  }

  static int generation(long state) {
    return (int) (state >>> 32);
  }

  static boolean isPending(long state, int generation) {
    return (int) (state >>> 32) == generation && (state & STATUS) == PENDING;
  }

  static int head(long state) {
    return (int) (state & HEAD);
  }

  /** {@return whether a direct head can name that input} */
  static boolean canBeDirect(int output, int input) {
    return output < DIRECT_SLOTS && input < DIRECT_INPUTS;
  }

  /** {@return the head of a list whose one waiter is that input} */
  static int direct(int output, int input) {
    return DIRECT | output << INPUT_BITS | input;
  }

  static boolean isDirect(int head) {
    return (head & DIRECT) != 0;
  }

  static int directOutput(int head) {
    return (head & ~DIRECT) >>> INPUT_BITS;
  }

  static int directInput(int head) {
    return head & (DIRECT_INPUTS - 1);
  }

  /** {@return the words of a slot, or null if no slot with that index has ever been made} */
  @Nullable Chunk find(int index) {
    Chunk[] known = seen;
    int i = index >>> CHUNK_BITS;
    return i < known.length || i < chunks.length ? chunk(index) : null;
  }

  /** {@return the words of a slot, which exists} */
  Chunk chunk(int index) {
    Chunk[] known = seen;
    int i = index >>> CHUNK_BITS;
    Chunk found = i < known.length ? known[i] : null;
    return found != null ? found : chunkSeenLate(i);
  }

  private Chunk chunkSeenLate(int i) {
    Chunk[] known = chunks;
    seen = known;
    return known[i];
  }

  long stateAcquire(int index) {
    return chunk(index).stateAcquire(index);
  }

  void stateRelease(int index, long state) {
    chunk(index).stateRelease(index, state);
  }

  boolean casState(int index, long expected, long state) {
    return chunk(index).casState(index, expected, state);
  }

  @Nullable PoisonLog poisonLog(int index) {
    return chunk(index).poisonLog(index);
  }

  PoisonLog makePoisonLog(int index) {
    return chunk(index).makePoisonLog(index);
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
