package dev.carillon.schedule;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue by deadline, the earliest first and among equals the first submitted; a passive
 * structure, guarded by whoever owns it.
 *
 * @param <T> what waits
 */
final class DeadlineQueue<T extends Queued> {
  /*
   * Most of what comes is due after everything that came before: tasks without a deadline, tasks
   * with the same one. Such an item is appended to a run, which is sorted by that, in O(1); all
   * others go into a 4-ary heap (Johnson 1975: d-heaps), in O(log n). The first of the queue is the
   * first of either. One late item must not keep the run from being used: if the last of the run
   * alone is in the way of a new one, it moves to the heap, where it stays near the bottom.
   *
   * Both keep the deadlines in arrays of their own, and no item knows where it is; so nothing touches
   * an item but its own coming and going, and a queue of a million costs few cache misses. What
   * leaves from the middle, or moves, therefore leaves its old place behind: a place counts only if
   * its item is in this queue and due at that time. Places that count no longer are dropped at the
   * front, and all at once when they are the majority, which is O(1) amortised. An item that comes
   * back at its old time may find its old place again; it then has two, the same, and whichever is
   * found first is the one.
   */
  private static final int WAYS = 4;
  private static final int FEW = 32;
  private static final int MUCH = 1 << 12;

  // the run, circular
  private long[] runDues = new long[WAYS];
  private @Nullable Queued[] run = new Queued[WAYS];
  private int runFirst;
  private int runSize;

  // the heap
  private long[] dues = new long[WAYS];
  private @Nullable Queued[] heap = new Queued[WAYS];
  private int heapSize;

  private int size; // items; there may be more places

  int size() {
    return size;
  }

  /** {@return how many places it keeps, the ones that do not count included} */
  int places() {
    return runSize + heapSize;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds an item that is in no queue. */
  void add(T item, long due) {
    item.due = due;
    item.queue = this;
    size++;
    place(item);
  }

  /** Makes an item that is in this queue due at another time. */
  void move(T item, long due) {
    if (item.due != due) {
      item.due = due;
      place(item);
      tidy();
    }
  }

  /** Removes an item that is in this queue. */
  void remove(T item) {
    item.queue = null;
    size--;
    tidy();
  }

  /** {@return the item that is due first, or null} */
  @SuppressWarnings("unchecked") // only add() puts items in
  @Nullable T first() {
    while (true) {
      boolean fromRun = heapSize == 0 || (runSize > 0 && !isFirstOfHeapBefore());
      if (fromRun && runSize == 0) {
        return null;
      }
      Queued first = fromRun ? item(run, runFirst) : item(heap, 0);
      if (counts(first, fromRun ? runDues[runFirst] : dues[0])) {
        return (T) first;
      }
      if (fromRun) {
        dropFirstOfRun();
      } else {
        dropFirstOfHeap();
      }
    }
  }

  @Nullable T poll() {
    T first = first();
    if (first != null) {
      remove(first);
    }
    return first;
  }

  /** Shows every item, in no particular order. */
  void forEach(Consumer<? super T> action) {
    compact();
    for (int i = 0; i < runSize; i++) {
      action.accept(cast(item(run, inRun(i))));
    }
    for (int i = 0; i < heapSize; i++) {
      action.accept(cast(item(heap, i)));
    }
  }

  @SuppressWarnings("unchecked") // only add() puts items in
  private T cast(Queued item) {
    return (T) item;
  }

  @SuppressWarnings("NullAway") // none is null below the size
  private static Queued item(@Nullable Queued[] items, int place) {
    return items[place];
  }

  private boolean counts(Queued item, long due) {
    return item.queue == this && item.due == due;
  }

  private static boolean isBefore(long due, Queued item, long otherDue, Queued other) {
    return due < otherDue || (due == otherDue && item.number() < other.number());
  }

  private boolean isFirstOfHeapBefore() {
    return isBefore(dues[0], item(heap, 0), runDues[runFirst], item(run, runFirst));
  }

  private void place(Queued item) {
    if (fitsRun(item, 1)) {
      append(item);
    } else if (runSize > 0 && fitsRun(item, 2)) {
      int last = inRun(--runSize);
      Queued late = item(run, last);
      run[last] = null;
      if (counts(late, runDues[last])) {
        push(late, runDues[last]);
      }
      append(item);
    } else {
      push(item, item.due);
    }
  }

  /** {@return whether an item belongs behind one of the run, counted from its end} */
  private boolean fitsRun(Queued item, int fromEnd) {
    if (runSize < fromEnd) {
      return true;
    }
    int place = inRun(runSize - fromEnd);
    return isBefore(runDues[place], item(run, place), item.due, item);
  }

  // ── the run ──

  private int inRun(int index) {
    return (runFirst + index) & (run.length - 1);
  }

  private void append(Queued item) {
    if (runSize == run.length) {
      Queued[] items = new Queued[runSize * 2];
      long[] times = new long[runSize * 2];
      int upper = runSize - runFirst;
      System.arraycopy(run, runFirst, items, 0, upper);
      System.arraycopy(run, 0, items, upper, runFirst);
      System.arraycopy(runDues, runFirst, times, 0, upper);
      System.arraycopy(runDues, 0, times, upper, runFirst);
      run = items;
      runDues = times;
      runFirst = 0;
    }
    int place = inRun(runSize++);
    run[place] = item;
    runDues[place] = item.due;
  }

  private void dropFirstOfRun() {
    run[runFirst] = null;
    runFirst = inRun(1);
    runSize--;
  }

  // ── the heap ──

  private void push(Queued item, long due) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize * 2);
      dues = Arrays.copyOf(dues, heapSize * 2);
    }
    int place = heapSize++;
    while (place > 0) {
      int parent = (place - 1) / WAYS;
      if (!isBefore(due, item, dues[parent], item(heap, parent))) {
        break;
      }
      put(place, item(heap, parent), dues[parent]);
      place = parent;
    }
    put(place, item, due);
  }

  private void dropFirstOfHeap() {
    int last = --heapSize;
    Queued item = item(heap, last);
    heap[last] = null;
    if (last > 0) {
      down(0, item, dues[last]);
    }
  }

  private void down(int from, Queued item, long due) {
    int place = from;
    while (true) {
      int child = place * WAYS + 1;
      if (child >= heapSize) {
        break;
      }
      int least = child;
      int end = Math.min(child + WAYS, heapSize);
      for (int other = child + 1; other < end; other++) {
        if (isBefore(dues[other], item(heap, other), dues[least], item(heap, least))) {
          least = other;
        }
      }
      if (isBefore(due, item, dues[least], item(heap, least))) {
        break;
      }
      put(place, item(heap, least), dues[least]);
      place = least;
    }
    put(place, item, due);
  }

  private void put(int place, Queued item, long due) {
    heap[place] = item;
    dues[place] = due;
  }

  // ── places that do not count ──

  private void tidy() {
    if (size == 0) {
      clear();
    } else if (places() > 2 * size + FEW) {
      compact();
    }
  }

  /** Lets go of everything, and of a burst's memory. */
  private void clear() {
    while (runSize > 0) {
      dropFirstOfRun();
    }
    Arrays.fill(heap, 0, heapSize, null);
    heapSize = 0;
    if (run.length + heap.length > MUCH) {
      run = new Queued[WAYS];
      runDues = new long[WAYS];
      heap = new Queued[WAYS];
      dues = new long[WAYS];
      runFirst = 0;
    }
  }

  /** Drops the places that do not count, and all but one of an item that has several. */
  private void compact() {
    if (runSize + heapSize == size) {
      return;
    }
    int kept = 0;
    for (int i = 0; i < runSize; i++) {
      int place = inRun(i);
      Queued item = item(run, place);
      run[place] = null;
      if (counts(item, runDues[place])) {
        item.queue = null; // so that it counts once
        run[inRun(kept)] = item;
        runDues[inRun(kept++)] = runDues[place];
      }
    }
    runSize = kept;
    kept = 0;
    for (int i = 0; i < heapSize; i++) {
      Queued item = item(heap, i);
      if (counts(item, dues[i])) {
        item.queue = null;
        put(kept++, item, dues[i]);
      }
    }
    Arrays.fill(heap, kept, heapSize, null);
    heapSize = kept;
    for (int i = (heapSize - 2) / WAYS; i >= 0 && heapSize > 1; i--) { // Floyd 1964
      down(i, item(heap, i), dues[i]);
    }
    for (int i = 0; i < runSize; i++) {
      item(run, inRun(i)).queue = this;
    }
    for (int i = 0; i < heapSize; i++) {
      item(heap, i).queue = this;
    }
  }
}
