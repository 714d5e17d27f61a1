package dev.carillon.schedule;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that always takes what it is offered, and drops something else for it.
 *
 * @param <T> type of the items
 */
final class DroppingQueue<T> implements LaneQueue<T> {
  /*
   * A deque under a monitor: dropping moves the head, which in a ring is the consumer's alone. With
   * keys a map finds the place of the item that is to be replaced.
   *
   * What is the user's runs before the monitor is entered or after it is left: the key and the
   * weight are settled first and kept with the item, and what was dropped is told last. Only the
   * keys' equals and hashCode run inside. A queue that is not empty stays so until its consumer
   * takes from it, as whatever drops an item adds another in the same step.
   */
  private static final class Place<T> {
    final @Nullable Object key;
    T item;
    long weight;

    Place(@Nullable Object key, T item, long weight) {
      this.key = key;
      this.item = item;
      this.weight = weight;
    }
  }

  private static final int LEAST = 16; // places to begin with

  private final int capacity;
  private final @Nullable Function<? super T, ?> key; // null: nothing is replaced
  private final Limits<T> limits;
  private final Consumer<? super T> dropped;

  // guarded by this
  private final ArrayDeque<Place<T>> waiting;
  private final HashMap<Object, Place<T>> byKey = new HashMap<>();
  private long bytes;
  private long accepted;
  private long places;
  private long taken;

  // written under this; read by anyone
  private volatile int size;

  /**
   * Makes an empty queue.
   *
   * @param capacity the most items that wait
   * @param key tells what an item is about; null if nothing is replaced
   * @param limits of a batch
   * @param dropped told what was dropped, by whoever offers, without the monitor
   */
  DroppingQueue(
      int capacity,
      @Nullable Function<? super T, ?> key,
      Limits<T> limits,
      Consumer<? super T> dropped) {
    this.capacity = capacity;
    this.key = key;
    this.limits = limits;
    this.dropped = dropped;
    this.waiting = new ArrayDeque<>(Math.min(capacity, LEAST));
  }

  @Override
  public boolean offer(T item) {
    Object about = key == null ? null : Objects.requireNonNull(key.apply(item), "an item's key");
    long weight = limits.weigh(item);
    T old = about == null ? add(null, item, weight) : replaceOrAdd(about, item, weight);
    if (old != null) {
      dropped.accept(old);
    }
    return true;
  }

  private synchronized @Nullable T replaceOrAdd(Object about, T item, long weight) {
    Place<T> same = byKey.get(about);
    if (same == null) {
      return add(about, item, weight);
    }
    T old = same.item;
    bytes += weight - same.weight;
    same.item = item;
    same.weight = weight;
    accepted++;
    return old;
  }

  private synchronized @Nullable T add(@Nullable Object about, T item, long weight) {
    Place<T> oldest = size < capacity ? null : pollFirst();
    var place = new Place<>(about, item, weight);
    if (about != null) {
      byKey.put(about, place);
    }
    waiting.addLast(place);
    bytes += weight;
    accepted++;
    places++;
    size = waiting.size();
    return oldest == null ? null : oldest.item;
  }

  private @Nullable Place<T> pollFirst() {
    Place<T> first = waiting.pollFirst();
    if (first != null) {
      bytes -= first.weight;
      if (first.key != null) {
        byKey.remove(first.key);
      }
    }
    return first;
  }

  @Override
  public boolean isEmpty() {
    return size == 0;
  }

  @Override
  public synchronized void take(List<? super T> into) {
    long sum = 0;
    for (int count = 0; count < limits.count(); count++) {
      Place<T> next = waiting.peekFirst();
      if (next == null || (count > 0 && sum + next.weight > limits.bytes())) {
        break;
      }
      sum += next.weight;
      into.add(next.item);
      pollFirst();
    }
    size = waiting.size();
    taken = places - size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized long accepted() {
    return accepted;
  }

  @Override
  public synchronized long places() {
    return places;
  }

  @Override
  public synchronized long taken() {
    return taken;
  }
}
