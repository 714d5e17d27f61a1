package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Memory for what one call of the driver reads and writes. Of one thread. */
final class Scratch {
  /*
   * Allocating some bytes takes as long as some calls of the driver, so a platform thread keeps its
   * own: one for the list that a call waits for, and one for what it gives. A driver may call back
   * within a call, and be called from there, when both are in use; then, and on virtual threads, of
   * which there may be a million, memory is allocated for the call.
   */
  private static final int MOST = 2;
  private static final ThreadLocal<Scratch[]> OWN = ThreadLocal.withInitial(Scratch::own);

  private final MemorySegment number;
  private final MemorySegment list;
  private final @Nullable Arena arena; // to be closed after the call; null if it is a thread's own
  private boolean isTaken;

  private Scratch(Arena arena, @Nullable Arena ofCall) {
    this.number = arena.allocate(JAVA_LONG);
    this.list = arena.allocate(JAVA_LONG);
    this.arena = ofCall;
  }

  private static Scratch[] own() {
    var own = new Scratch[MOST];
    Arrays.setAll(own, _ -> new Scratch(Arena.ofAuto(), null));
    return own;
  }

  /** {@return memory for a call, to be given back by the same thread} */
  static Scratch take() {
    if (!Thread.currentThread().isVirtual()) {
      for (Scratch own : OWN.get()) {
        if (!own.isTaken) {
          own.isTaken = true;
          own.number.set(JAVA_LONG, 0, 0);
          return own;
        }
      }
    }
    Arena ofCall = Arena.ofConfined();
    return new Scratch(ofCall, ofCall);
  }

  void give() {
    isTaken = false;
    if (arena != null) {
      arena.close();
    }
  }

  /** {@return 8 bytes for what the driver writes; zeros, as some numbers have 4} */
  MemorySegment number() {
    return number;
  }

  /** {@return a list of one} */
  MemorySegment listOf(long one) {
    list.set(JAVA_LONG, 0, one);
    return list;
  }
}
