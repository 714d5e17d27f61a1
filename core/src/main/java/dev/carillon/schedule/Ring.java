package dev.carillon.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps what the producers write off the cache line of what precedes it. */
@SuppressWarnings("unused") // padding
class RingHeadPad {
  long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pA, pB, pC, pD, pE, pF;
}

/** What producers write. */
class RingProducers extends RingHeadPad {
  volatile long tail; // the next place to be claimed; claimed by CAS
  volatile long limit; // producers may claim below it; only ever behind the truth
}

/** Keeps producers' and consumer's words apart. */
@SuppressWarnings("unused") // padding
class RingMiddlePad extends RingProducers {
  long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, qA, qB, qC, qD, qE, qF;
}

/**
 * A bounded queue of many producers and one consumer at a time.
 *
 * @param <T> type of the items
 */
final class Ring<T> extends RingMiddlePad implements LaneQueue<T> {
  /*
   * An array whose places are claimed by a CAS of `tail` and then filled; the consumer takes from
   * `head` on as far as places are filled, and empties them (the bounded MPSC queue of JCTools, after
   * Vyukov and Thompson). `limit` is head + capacity as a producer last read it, so that producers
   * rarely touch the consumer's line.
   *
   * Filling is a volatile store: whoever has filled a place and then reads that the consumer is
   * asleep wakes it, and a consumer that says it falls asleep and then looks at the next place sees
   * it filled. One of the two happens. The same holds for `head` and producers that wait for room.
   */
  private static final VarHandle TAIL;
  private static final VarHandle HEAD;
  private static final VarHandle ITEMS = MethodHandles.arrayElementVarHandle(Object[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(RingProducers.class, "tail", long.class);
      HEAD = lookup.findVarHandle(Ring.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Object[] items;
  private final int mask;
  private final Limits<T> limits;
  private final AtomicLong bytes = new AtomicLong(); // behind the places: it may be below zero

  // written by the consumer; read by producers that find no room
  private volatile long head;

  /** Makes an empty ring of items without weight, taken one by one. */
  Ring(int capacity) {
    this(capacity, new Limits<>(1, Long.MAX_VALUE, null));
  }

  Ring(int capacity, Limits<T> limits) {
    this.limits = limits;
    int size = Integer.highestOneBit(Math.max(2, capacity) - 1) << 1;
    this.items = new Object[size];
    this.mask = size - 1;
    this.limit = size;
  }

  @Override
  public boolean offer(T item) {
    long place;
    do {
      place = tail;
      if (place >= limit && !moveLimit(place)) {
        return false;
      }
    } while (!TAIL.compareAndSet(this, place, place + 1));
    ITEMS.setVolatile(items, (int) place & mask, item);
    if (limits.weigher() != null) {
      bytes.addAndGet(limits.weigh(item));
    }
    return true;
  }

  private boolean moveLimit(long place) {
    long newLimit = head + mask + 1;
    if (place >= newLimit) {
      return false;
    }
    limit = newLimit; // an older value may replace it: then it is moved again
    return true;
  }

  /** {@return the next item without taking it, or null; only for the consumer} */
  @SuppressWarnings("unchecked") // only offer() puts items in
  @Nullable T peek(int ahead) {
    long place = (long) HEAD.get(this) + ahead;
    return ahead > mask ? null : (T) ITEMS.getVolatile(items, (int) place & mask);
  }

  @Override
  public boolean isEmpty() {
    return peek(0) == null;
  }

  @Override
  public void take(List<? super T> into) {
    take(limits.weigher() == null ? filled() : weighed(), into);
  }

  private int filled() {
    int count = 1;
    while (count < limits.count() && peek(count) != null) {
      count++;
    }
    return count;
  }

  /** {@return how many fit into a batch, whose bytes no longer wait} */
  private int weighed() {
    int count = 0;
    long sum = 0;
    for (T next = peek(0); next != null && count < limits.count(); next = peek(count)) {
      long weight = limits.weigh(next);
      if (count > 0 && sum + weight > limits.bytes()) {
        break;
      }
      sum += weight;
      count++;
    }
    bytes.addAndGet(-sum);
    return count;
  }

  /** Takes items that {@link #peek} has shown; only for the consumer. */
  void take(int count, List<? super T> into) {
    long first = (long) HEAD.get(this);
    for (int i = 0; i < count; i++) {
      int index = (int) (first + i) & mask;
      into.add(item(index));
      ITEMS.set(items, index, null);
    }
    head = first + count;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // what was peeked is there
  private T item(int index) {
    return (T) ITEMS.get(items, index);
  }

  /** {@return how many places are claimed; a moment's value} */
  @Override
  public int size() {
    long taken = head;
    return Math.clamp(tail - taken, 0, mask + 1);
  }

  @Override
  public long bytes() {
    return bytes.get();
  }

  @Override
  public long accepted() {
    return tail;
  }

  @Override
  public long places() {
    return tail;
  }

  @Override
  public long taken() {
    return head;
  }
}
