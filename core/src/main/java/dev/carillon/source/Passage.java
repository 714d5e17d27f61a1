package dev.carillon.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way of one item through the outlet: one attempt of it. */
final class Passage<T> implements Receipt {
  private static final VarHandle ANSWERED;

  static {
    try {
      ANSWERED = MethodHandles.lookup().findVarHandle(Passage.class, "answered", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final LocalIntake<T> intake;
  final Item<T> item;
  final SettledListener settled;
  final PositionTrack.@Nullable Place place; // null if the item has no position
  final int attempt; // from 1
  final long began; // when the first attempt did; 0 if it is not to be tried again

  private volatile boolean answered; // set by CAS

  Passage(
      LocalIntake<T> intake,
      Item<T> item,
      SettledListener settled,
      PositionTrack.@Nullable Place place,
      long began) {
    this(intake, item, settled, place, 1, began);
  }

  private Passage(
      LocalIntake<T> intake,
      Item<T> item,
      SettledListener settled,
      PositionTrack.@Nullable Place place,
      int attempt,
      long began) {
    this.intake = intake;
    this.item = item;
    this.settled = settled;
    this.place = place;
    this.attempt = attempt;
    this.began = began;
  }

  /** {@return another attempt} */
  Passage<T> again() {
    return new Passage<>(intake, item, settled, place, attempt + 1, began);
  }

  @Override
  public void done() {
    if (ANSWERED.compareAndSet(this, false, true)) {
      intake.settle(this, null);
    }
  }

  @Override
  public void failed(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    if (ANSWERED.compareAndSet(this, false, true)) {
      intake.settle(this, cause);
    }
  }

  @Override
  public void onAbandoned(Runnable action) {
    intake.onAbandoned(this, action);
  }

  boolean isAnswered() {
    return answered;
  }
}
