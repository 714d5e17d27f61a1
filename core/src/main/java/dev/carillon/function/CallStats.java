package dev.carillon.function;

import java.time.Duration;

/**
 * How often a function was called and how that went: a moment's values, not all of the same moment.
 *
 * @param calls how often it was called and has ended
 * @param failures how many of those threw
 * @param time how long they took in all; of an asynchronous one, until its stage was complete
 * @param slowest how long the slowest one took
 */
public record CallStats(long calls, long failures, Duration time, Duration slowest) {

  /** {@return how long a call took on the average; zero if there was none} */
  public Duration average() {
    return calls == 0 ? Duration.ZERO : time.dividedBy(calls);
  }
}
