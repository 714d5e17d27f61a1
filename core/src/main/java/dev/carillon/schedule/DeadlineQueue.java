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
   * A 4-ary heap (Johnson 1975: d-heaps): half the levels of a binary one, and the four children
   * lie side by side. The deadlines are kept in an array of their own, so that going up or down
   * looks at the items only where deadlines are equal. Every item knows its place, so that it can
   * be removed or moved in O(log n).
   */
  private static final int WAYS = 4;

  private long[] dues = new long[WAYS];
  private @Nullable Queued[] items = new Queued[WAYS];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Nullable T first() {
    return size == 0 ? null : item(0);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // only add() puts items in; none is null below size
  private T item(int place) {
    return (T) items[place];
  }

  void add(T item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
      dues = Arrays.copyOf(dues, size * 2);
    }
    up(size++, item);
  }

  @Nullable T poll() {
    T first = first();
    if (first != null) {
      remove(first);
    }
    return first;
  }

  /** Removes an item that is in this queue. */
  void remove(T item) {
    int place = item.place;
    T last = item(--size);
    items[size] = null;
    item.place = -1;
    if (place != size) {
      put(place, last);
      moved(last);
    }
    if (size == 0 && items.length > 1 << 12) { // give a burst's memory back
      items = new Queued[WAYS];
      dues = new long[WAYS];
    }
  }

  /** Moves an item that is in this queue to where its deadline now puts it. */
  void moved(Queued item) {
    up(item.place, item);
    down(item.place, item);
  }

  /** Shows every item, in no particular order. */
  void forEach(Consumer<? super T> action) {
    for (int i = 0; i < size; i++) {
      action.accept(item(i));
    }
  }

  private void up(int from, Queued item) {
    int place = from;
    while (place > 0) {
      int parent = (place - 1) / WAYS;
      if (dues[parent] < item.due || (dues[parent] == item.due && !item.isBefore(item(parent)))) {
        break;
      }
      put(place, item(parent));
      place = parent;
    }
    put(place, item);
  }

  private void down(int from, Queued item) {
    int place = from;
    while (true) {
      int child = place * WAYS + 1;
      if (child >= size) {
        break;
      }
      int least = child;
      int end = Math.min(child + WAYS, size);
      for (int other = child + 1; other < end; other++) {
        if (dues[other] < dues[least]
            || (dues[other] == dues[least] && item(other).isBefore(item(least)))) {
          least = other;
        }
      }
      if (item.due < dues[least] || (item.due == dues[least] && item.isBefore(item(least)))) {
        break;
      }
      put(place, item(least));
      place = least;
    }
    put(place, item);
  }

  private void put(int place, Queued item) {
    items[place] = item;
    dues[place] = item.due;
    item.place = place;
  }
}
