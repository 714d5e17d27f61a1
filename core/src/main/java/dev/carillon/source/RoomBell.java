package dev.carillon.source;

/** Wakes the threads of an endpoint that wait for room. */
final class RoomBell {
  /*
   * An intake runs one action when there is room. Here that is always the same one: it counts, and
   * wakes all who wait. Who waits has read the count before it looked whether it can go on, so what
   * changes after that look is not missed.
   */
  private final Intake<?> intake;

  // guarded by this
  private long rung;

  RoomBell(Intake<?> intake) {
    this.intake = intake;
  }

  /** {@return how often it has rung: to be read before one looks for room} */
  synchronized long rung() {
    return rung;
  }

  /** Has all who wait look again. */
  synchronized void ring() {
    rung++;
    notifyAll();
  }

  /** Waits until it has rung once more, as it does when there is room, at once if there is now. */
  void await(long before) throws InterruptedException {
    intake.onRoom(this::ring);
    synchronized (this) {
      while (rung == before) {
        wait();
      }
    }
  }
}
