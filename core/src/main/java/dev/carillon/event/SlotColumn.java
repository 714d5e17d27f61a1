package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What few slots of a chunk have: one place a slot, made when the first of them needs it.
 *
 * @param <T> what a slot may have
 */
final class SlotColumn<T> {
  private static final VarHandle AT = MethodHandles.arrayElementVarHandle(Object[].class);

  private final int size;
  private volatile @Nullable Object @Nullable [] places; // set once, guarded by this

  SlotColumn(int size) {
    this.size = size;
  }

  /** {@return what a slot has, or null}; pairs with {@link #set} and {@link #compareAndSet} */
  @SuppressWarnings("unchecked") // only values of T are stored
  @Nullable T acquire(int place) {
    @Nullable Object[] all = places;
    return all == null ? null : (T) AT.getAcquire(all, place);
  }

  void set(int place, T value) {
    AT.setRelease(made(), place, value);
  }

  boolean compareAndSet(int place, @Nullable T expected, @Nullable T value) {
    return AT.compareAndSet(made(), place, expected, value);
  }

  private @Nullable Object[] made() {
    @Nullable Object[] all = places;
    return all == null ? make() : all;
  }

  private synchronized @Nullable Object[] make() {
    @Nullable Object[] all = places;
    if (all == null) {
      all = new Object[size];
      places = all;
    }
    return all;
  }
}
