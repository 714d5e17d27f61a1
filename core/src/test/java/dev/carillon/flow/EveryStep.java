package dev.carillon.flow;

import dev.carillon.schedule.Scheduler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Does something when a run takes its nth step, of whichever kind. */
final class EveryStep implements RunProbe {

  /** What ends a run, and who does it. */
  enum Way {
    CANCEL_BY_ITSELF,
    CANCEL_BY_ANOTHER,
    STOP_BY_ITSELF,
    STOP_BY_ANOTHER,
    CLOSE_FLOW,
    CLOSE_SCHEDULER;

    boolean isByItself() {
      return this == CANCEL_BY_ITSELF || this == STOP_BY_ITSELF;
    }

    void end(Flow flow, Scheduler scheduler) {
      switch (this) {
        case CANCEL_BY_ITSELF, CANCEL_BY_ANOTHER -> flow.runs().forEach(Run::cancel);
        case STOP_BY_ITSELF, STOP_BY_ANOTHER -> flow.runs().forEach(Run::stop);
        case CLOSE_FLOW -> flow.close();
        case CLOSE_SCHEDULER -> scheduler.close();
      }
    }
  }

  private final AtomicLong left;
  private final Runnable byItself;
  private final CountDownLatch isThere = new CountDownLatch(1);

  /**
   * Makes one.
   *
   * @param step the number of the step
   * @param byItself is done by the thread that takes it; others can wait for it
   */
  EveryStep(long step, Runnable byItself) {
    this.left = new AtomicLong(step);
    this.byItself = byItself;
  }

  /** {@return opened by the step} */
  CountDownLatch isThere() {
    return isThere;
  }

  /** {@return whether the step was taken} */
  boolean wasTaken() {
    return left.get() <= 0;
  }

  private void step() {
    if (left.decrementAndGet() == 0) {
      isThere.countDown();
      byItself.run();
    }
  }

  @Override
  public void iterationBegan(int unit, long iteration) {
    step();
  }

  @Override
  public void admitted(int unit, int node, long iteration) {
    step();
  }

  @Override
  public void attemptBegan(int unit, int node, long iteration, int attempt) {
    step();
  }

  @Override
  public void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {
    step();
  }

  @Override
  public void ended(int unit, int node, long iteration, Ending ending) {
    step();
  }

  @Override
  public void iterationEnded(int unit, long iteration, RunStatus status) {
    step();
  }

  @Override
  public void runEnded(RunStatus status) {
    isThere.countDown(); // nobody is to wait any longer
  }
}
