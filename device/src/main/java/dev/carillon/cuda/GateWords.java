package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The words of this process's memory that a device's streams wait for, in pages it can read. */
final class GateWords {
  /*
   * The memory is this process's own and only registered with the driver, so that a gate that is
   * opened after its context was destroyed writes to memory that is still there. The collector frees
   * a page when neither a word nor this object is reachable; until the context ends, this one is.
   *
   * A word only ever grows, so it can go from a stream that is closed to a new one at once: what the
   * old one waits for in it stays true.
   */
  private static final VarHandle WORD = JAVA_INT.varHandle();
  private static final long PAGE = CudaContext.PAGE;
  private static final long APART = 64; // bytes, so that no two share a line of a cache

  private static final Queue<MemorySegment> LEFT = new ConcurrentLinkedQueue<>(); // never read

  private final CudaContext context;
  private final ArrayDeque<Word> free = new ArrayDeque<>(); // guarded by this
  private final List<MemorySegment> pages =
      new ArrayList<>(); // written while the context is held, too

  GateWords(CudaContext context) {
    this.context = context;
  }

  /** A word, where the host writes and where the device reads it. */
  record Word(MemorySegment memory, long address) {
    int value() {
      return (int) WORD.getAcquire(memory, 0L);
    }

    /** Pairs with the device's reads: what was written before is there when it sees the value. */
    void open(int value) {
      WORD.setRelease(memory, 0L, value);
    }
  }

  /** {@return a word that is nobody else's} */
  synchronized Word take() {
    if (free.isEmpty()) {
      addPage();
    }
    return free.remove();
  }

  /** Takes a word back. */
  synchronized void give(Word word) {
    free.add(word);
  }

  private void addPage() {
    CudaApi api = context.api();
    MemorySegment page = Arena.ofAuto().allocate(PAGE, PAGE);
    long address;
    long entered = context.enter();
    try {
      api.check(
          "cuMemHostRegister",
          api.memHostRegister(
              page.address(),
              PAGE,
              CudaApi.HOST_REGISTER_PORTABLE | CudaApi.HOST_REGISTER_DEVICE_MAP));
      pages.add(page);
      address =
          context.created(
              "cuMemHostGetDevicePointer",
              out -> api.memHostGetDevicePointer(out, page.address(), 0));
    } finally {
      context.exit(entered);
    }
    for (long at = 0; at < PAGE; at += APART) {
      free.add(new Word(page.asSlice(at, JAVA_INT), address + at));
    }
  }

  /** Keeps the pages for ever, as the context ends, and streams may yet come to a gate. */
  void leave() {
    LEFT.addAll(pages);
    pages.clear();
  }

  /** Unregisters the pages, as the context ends, which nobody else has. */
  void end() {
    for (MemorySegment page : pages) {
      context.said("cuMemHostUnregister", context.api().memHostUnregister(page.address()));
    }
    pages.clear();
  }
}
