package dev.carillon.flow;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a cell that is being judged lacks of other units, and may still be given by them. */
final class FirstValues implements Runnable {
  /*
   * A cell registers for a value before it looks whether that may come; so what changes after it has
   * looked is told. It registers for all that it lacks, as any of them may turn out never to come, by
   * which the cell may be skipped whatever the others give.
   *
   * Once told, the cell is made ready again, and may be judged by another thread while this one is
   * still at judging it. So it is settled once: by who is told first, or by who has judged that it
   * need not wait. If that is not the thread that judges, its judgement counts for nothing. Who
   * settles it takes it off all lists; what was registered too late to be seen by that is taken off by
   * who judges, who looks last whether it was settled.
   */
  private final Runnable again;
  private final List<Samples> asked = new CopyOnWriteArrayList<>();
  private final AtomicBoolean isSettled = new AtomicBoolean();

  /**
   * Of one judgement of a cell.
   *
   * @param again makes it ready again
   */
  FirstValues(Runnable again) {
    this.again = again;
  }

  /** {@return whether there is no value of a node yet, and may be one; the cell is told then} */
  boolean await(Samples of, int node) {
    asked.add(of);
    return of.await(node, this);
  }

  /**
   * The cell is judged: {@return what is to be done with it, which is to wait if it is made ready
   * again}
   */
  Verdict judged(Verdict verdict) {
    if (verdict != Verdict.WAIT && isSettled.compareAndSet(false, true)) {
      forget();
      return verdict;
    }
    if (isSettled.get()) {
      forget();
    }
    return Verdict.WAIT;
  }

  /** There is a first value, or one can no more come. */
  @Override
  public void run() {
    if (isSettled.compareAndSet(false, true)) {
      forget();
      again.run();
    }
  }

  private void forget() {
    asked.forEach(samples -> samples.forget(this));
  }
}
