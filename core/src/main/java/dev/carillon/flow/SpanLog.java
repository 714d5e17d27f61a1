package dev.carillon.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The newest attempts that were noted. One thread writes at a time, any reads. */
final class SpanLog {
  /*
   * Rows that grow in number to the most that are kept, and are a ring from then on. The writer fills
   * the row of number `count` and then counts it. A reader copies the rows up to the count, and then
   * looks again how far the writer has come: a row may have been written over meanwhile if the ring
   * has no place for it beside the newer ones and the one that is being written. The fences are those
   * of a seqlock: H.-J. Boehm, Can Seqlocks Get Along With Programming Language Memory Models?, MSPC
   * 2012.
   */
  static final int KEPT = 1 << 16;

  private static final int FIRST = 1 << 8;
  private static final VarHandle COUNT;
  private static final VarHandle ROWS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      COUNT = lookup.findVarHandle(SpanLog.class, "count", long.class);
      ROWS = lookup.findVarHandle(SpanLog.class, "rows", Rows.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** An attempt that has ended. */
  record Row(
      int unit,
      int node,
      long iteration,
      int attempt,
      boolean ok,
      long begin,
      long end,
      String thread) {}

  private static final class Rows {
    final int[] unit;
    final int[] node;
    final long[] iteration;
    final int[] attempt; // negative if it failed
    final long[] begin;
    final long[] end;
    final @Nullable String[] thread;

    Rows(int size) {
      unit = new int[size];
      node = new int[size];
      iteration = new long[size];
      attempt = new int[size];
      begin = new long[size];
      end = new long[size];
      thread = new @Nullable String[size];
    }

    private Rows(Rows from, int size) {
      unit = Arrays.copyOf(from.unit, size);
      node = Arrays.copyOf(from.node, size);
      iteration = Arrays.copyOf(from.iteration, size);
      attempt = Arrays.copyOf(from.attempt, size);
      begin = Arrays.copyOf(from.begin, size);
      end = Arrays.copyOf(from.end, size);
      thread = Arrays.copyOf(from.thread, size);
    }

    Rows grown() {
      return new Rows(this, 2 * node.length);
    }

    int size() {
      return node.length;
    }

    Row row(int at) {
      String name = thread[at];
      return new Row(
          unit[at],
          node[at],
          iteration[at],
          Math.abs(attempt[at]),
          attempt[at] > 0,
          begin[at],
          end[at],
          name == null ? "" : name);
    }
  }

  private final int kept;

  @SuppressWarnings({"FieldMayBeFinal", "unused"}) // by its handle
  private Rows rows;

  @SuppressWarnings("unused") // by its handle
  private long count;

  private String thread = ""; // of who writes now

  SpanLog() {
    this(KEPT);
  }

  /**
   * Keeps so many.
   *
   * @param kept a power of two
   */
  SpanLog(int kept) {
    this.kept = kept;
    this.rows = new Rows(Math.min(FIRST, kept));
  }

  /** The thread that calls this writes from now on. */
  void enter() {
    thread = nameOf(Thread.currentThread());
  }

  static String nameOf(Thread thread) {
    String name = thread.getName();
    return name.isEmpty() ? "virtual-" + thread.threadId() : name;
  }

  /** Notes an attempt of the thread that writes. */
  void add(int unit, int node, long iteration, int attempt, boolean ok, long begin, long end) {
    add(unit, node, iteration, attempt, ok, begin, end, thread);
  }

  /** Notes an attempt of any thread. */
  @SuppressWarnings("ReferenceEquality") // the same text may be another object: it is stored again
  void add(
      int unit,
      int node,
      long iteration,
      int attempt,
      boolean ok,
      long begin,
      long end,
      String ofThread) {
    long number = (long) COUNT.get(this);
    Rows into = (Rows) ROWS.get(this);
    if (number == into.size() && number < kept) {
      into = into.grown();
      ROWS.setRelease(this, into); // pairs with read()
    }
    int at = (int) number & into.size() - 1;
    into.unit[at] = unit;
    into.node[at] = node;
    into.iteration[at] = iteration;
    into.attempt[at] = ok ? attempt : -attempt;
    into.begin[at] = begin;
    into.end[at] = end;
    if (into.thread[at] != ofThread) { // the collector's barrier costs more than a look
      into.thread[at] = ofThread;
    }
    COUNT.setRelease(this, number + 1); // pairs with read()
    VarHandle.storeStoreFence(); // what is written to the next row comes after
  }

  /**
   * Gives what there is, the oldest first: {@return how many were ever noted}
   *
   * @param to is given each row
   */
  long read(Consumer<Row> to) {
    long until = (long) COUNT.getAcquire(this);
    Rows from = (Rows) ROWS.getAcquire(this);
    long first = Math.max(0, until - from.size());
    var copies = new Row[(int) (until - first)];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = from.row((int) (first + i) & from.size() - 1);
    }
    VarHandle.acquireFence(); // what was copied was read before the count is read again
    long now = (long) COUNT.getOpaque(this);
    long whole = from.size() < kept ? 0 : now - kept + 1; // the one before may be half written over
    for (long number = Math.max(first, whole); number < until; number++) {
      to.accept(copies[(int) (number - first)]);
    }
    return until;
  }
}
