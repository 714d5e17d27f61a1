package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What goes wrong in one part of a cycle. */
final class Fault {

  /** The ways in which it does. */
  enum Kind {
    EXCEPTION,
    OUT_OF_MEMORY,
    STACK_OVERFLOW,
    NO_VALUE,
    OWN_INTERRUPT,
    HANG,
    STUBBORN_HANG,
    GUARD,
    STUBBORN_GUARD,
    CHECK,
    VALIDATOR,
    STUBBORN_VALIDATOR,
    UNTIL,
    UNDO,
    FINALISER,
    NONE;

    boolean hangs() {
      return this == HANG
          || this == STUBBORN_HANG
          || this == STUBBORN_GUARD
          || this == STUBBORN_VALIDATOR;
    }
  }

  /** An exception that was asked for. */
  static final class Asked extends Exception {
    private static final long serialVersionUID = 1;

    Asked(String what) {
      super(what, null, false, false);
    }
  }

  final Kind kind;
  final int at; // the number of the part
  private volatile boolean isArmed;
  private final int every; // of so many calls one goes wrong
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch hasHung = new CountDownLatch(1);
  private final CountDownLatch mayLeave = new CountDownLatch(1);

  Fault(Gen gen, int parts) {
    this.kind = gen.oneOf(Kind.values());
    this.at = gen.intBetween(0, parts - 1);
    this.every = gen.oneOf(1, 1, 2, 3);
  }

  /** Makes one of a kind, in the first part. */
  Fault(Kind kind) {
    this.kind = kind;
    this.at = 0;
    this.every = 1;
  }

  /** From now on things go wrong: no longer are checks asked about defaults. */
  void arm() {
    isArmed = true;
  }

  /** {@return whether something hangs now} */
  boolean hangsNow() {
    return hasHung.getCount() == 0;
  }

  /** Lets go what takes no notice of interrupts. */
  void letGo() {
    mayLeave.countDown();
  }

  /** Does the work of a part, in which the fault may be: {@return its value, or none} */
  int work(int part, int value) throws Exception {
    if (part != at || kind.compareTo(Kind.STUBBORN_HANG) > 0 || !isDue()) {
      return value + 1;
    }
    switch (kind) {
      case EXCEPTION -> throw new Asked("exception");
      case OUT_OF_MEMORY -> throw new OutOfMemoryError("made by hand");
      case STACK_OVERFLOW -> value = deeper(value) + 1;
      case OWN_INTERRUPT -> Thread.currentThread().interrupt();
      case HANG -> {
        hasHung.countDown();
        Patience.await(new CountDownLatch(1));
      }
      case STUBBORN_HANG -> hangStubbornly();
      default -> throw new AssertionError(kind);
    }
    return value + 1;
  }

  /** {@return whether the part has no value this time} */
  boolean hasNoValue(int part) {
    return part == at && kind == Kind.NO_VALUE && isDue();
  }

  /** Is asked by guards, checks and the like of all parts: {@return yes, or does not return} */
  boolean ask(int part, Kind... mine) throws Asked {
    for (Kind each : mine) {
      if (part == at && kind == each && isDue()) {
        if (!kind.hangs()) {
          throw new Asked(kind + " throws");
        }
        hangStubbornly();
      }
    }
    return true;
  }

  private boolean isDue() {
    return isArmed && calls.getAndIncrement() % every == 0;
  }

  private void hangStubbornly() {
    hasHung.countDown();
    FlowLab.waitStubbornly(mayLeave);
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack ends
  private static int deeper(int value) {
    return deeper(value + 1) + 1;
  }

  @Override
  public String toString() {
    return kind + " in part " + at + ", one of " + every;
  }
}
