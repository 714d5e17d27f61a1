package dev.carillon.tools;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How long classes that were read waited for their supertypes, and how many at once. */
final class Waits {
  private final boolean on;
  private final LongAdder nanos = new LongAdder();
  private final LongAdder begun = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAccumulator most = new LongAccumulator(Long::max, 0);

  /**
   * @param on false takes no notice, and no time
   */
  Waits(boolean on) {
    this.on = on;
  }

  /** A class was read and now waits: {@return the time} */
  long begin() {
    if (!on) {
      return 0;
    }
    begun.increment();
    return System.nanoTime();
  }

  /** A class waits no longer. */
  void end(long began) {
    if (!on) {
      return;
    }
    nanos.add(System.nanoTime() - began);
    ended.increment();
  }

  /** Notes how many wait now. */
  void look() {
    most.accumulate(begun.sum() - ended.sum());
  }

  /** {@return how long a class waited on average, in seconds} */
  double mean() {
    long count = ended.sum();
    return count == 0 ? 0 : nanos.sum() / 1e9 / count;
  }

  /** {@return the most classes that waited when somebody looked} */
  long most() {
    return most.get();
  }
}
