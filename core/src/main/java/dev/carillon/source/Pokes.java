package dev.carillon.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Those whom one thread is to look at, as other threads have said. */
final class Pokes<T extends Pokes.Poked<T>> {
  /*
   * A stack whose links are fields of those in it, so that saying it costs no memory. `isPoked` keeps
   * one from being pushed twice: who changes it to true pushes. The one that looks takes all of the
   * stack, and for each reads its link, then sets `isPoked` to false, then looks at it. So whatever
   * was said about it is either seen in that look or poked again: who says something does so before
   * it reads `isPoked`. All are volatile.
   */
  private static final VarHandle TOP;
  private static final VarHandle IS_POKED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TOP = lookup.findVarHandle(Pokes.class, "top", Poked.class);
      IS_POKED = lookup.findVarHandle(Poked.class, "isPoked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Can be poked. */
  abstract static class Poked<T> {
    private volatile boolean isPoked; // CAS
    private @Nullable T nextPoked; // published by the push, read by the one that takes
  }

  /** Looks at one that was poked. */
  interface Look<T> {
    void at(T poked);
  }

  private volatile @Nullable Poked<T> top; // CAS

  /** Says that one is to be looked at: {@return whether it is the first, so somebody must wake} */
  boolean add(T poked) {
    Poked<T> one = poked;
    if (one.isPoked || !IS_POKED.compareAndSet(one, false, true)) {
      return false;
    }
    while (true) {
      Poked<T> under = top;
      one.nextPoked = self(under);
      if (TOP.compareAndSet(this, under, one)) {
        return under == null;
      }
    }
  }

  @SuppressWarnings("unchecked") // every T is a Poked<T>, and nothing else is
  private static <T extends Poked<T>> @Nullable T self(@Nullable Poked<T> poked) {
    return (T) poked;
  }

  boolean isEmpty() {
    return top == null;
  }

  /** Looks at all that were poked. */
  @SuppressWarnings("unchecked") // what was put in
  void each(Look<T> look) {
    if (isEmpty()) {
      return;
    }
    T poked = self((Poked<T>) TOP.getAndSet(this, null));
    while (poked != null) {
      Poked<T> one = poked;
      T next = one.nextPoked;
      one.nextPoked = null;
      one.isPoked = false;
      look.at(poked);
      poked = next;
    }
  }
}
