package dev.carillon.bus;

import dev.carillon.schedule.Gate;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A message on its way to one subscription. Its outcome is settled once, by whoever is first. */
final class Leg<T> {
  private static final VarHandle SETTLED;

  static {
    try {
      SETTLED = MethodHandles.lookup().findVarHandle(Leg.class, "settled", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Message<T> message;
  final @Nullable Handling before; // in which it was published
  final boolean isFromHistory; // and no publisher waits for it
  private final @Nullable LocalDelivery delivery; // null if nobody asked
  private final int place;
  private final @Nullable Consumer<Outcome> told; // instead of a delivery

  // written by who handles it
  volatile Gate.Admission.@Nullable Pass pass; // read by whoever watches the time
  boolean isCounted = true; // by the breaker, if handling fails

  // set by whoever watches the time
  volatile boolean overdue; // and its handler is about to be interrupted

  // set by anyone, once
  private volatile boolean settled;

  Leg(
      Message<T> message,
      @Nullable Handling before,
      @Nullable LocalDelivery delivery,
      int place,
      boolean isFromHistory) {
    this.isFromHistory = isFromHistory;
    this.message = message;
    this.before = before;
    this.delivery = delivery;
    this.place = place;
    this.told = null;
  }

  /** A message that no publisher waits for; somebody else is told what becomes of it. */
  Leg(Message<T> message, Consumer<Outcome> told) {
    this.isFromHistory = false;
    this.message = message;
    this.before = null;
    this.delivery = null;
    this.place = 0;
    this.told = told;
  }

  /** {@return whether the caller is the one to say what became of it} */
  boolean settle() {
    return !settled && SETTLED.compareAndSet(this, false, true);
  }

  /** Says what became of it; after {@link #settle}. */
  void report(Outcome outcome) {
    if (delivery != null) {
      delivery.report(place, outcome);
    }
    if (told != null) {
      told.accept(outcome);
    }
  }
}
