package dev.carillon.source;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Puts items in one after another and learns what becomes of each, for a kind that waits on its own
 * thread; no other may put items into the same intake meanwhile.
 */
final class Turn<T> {
  /*
   * A wake-up is a permit; who waits looks again at what it waits for, so one too many does no
   * harm, and one that comes early is kept.
   */
  private final Intake<T> intake;
  private final Semaphore wakes = new Semaphore(0);

  private volatile boolean isUnderWay; // the last item

  Turn(Intake<T> intake) {
    this.intake = intake;
  }

  /** Waits until an item would be taken. */
  void awaitRoom() throws InterruptedException {
    while (!intake.hasRoom()) {
      intake.onRoom(wakes::release);
      await();
    }
  }

  /** Puts an item in, and waits while there is no room. */
  void put(Item<T> item, SettledListener settled) throws InterruptedException {
    isUnderWay = true;
    while (!intake.offer(item, cause -> settled(settled, cause))) {
      intake.onRoom(wakes::release);
      await();
    }
  }

  private void settled(SettledListener settled, @Nullable Throwable cause) {
    isUnderWay = false;
    wakes.release();
    settled.settled(cause);
  }

  /** Waits until the last item is done with. */
  void awaitSettled() throws InterruptedException {
    while (isUnderWay) {
      await();
    }
  }

  private void await() throws InterruptedException {
    wakes.acquire();
    wakes.drainPermits();
  }
}
