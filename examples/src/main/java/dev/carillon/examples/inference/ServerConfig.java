package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import java.time.Duration;

/**
 * How an {@link InferenceServer} queues: immutable, changed by its methods.
 *
 * @param batch the most images of a batch
 * @param linger how long a batch that is not full waits for more
 * @param waiting how many questions of a band may wait; one more is refused
 * @param highInTime how long a HIGH question may wait before it is dropped as late
 * @param lowInTime how long a LOW one may
 */
record ServerConfig(
    int batch, Duration linger, int waiting, Duration highInTime, Duration lowInTime) {

  /** Batches of 16 or 5 ms, 256 may wait, 100 ms for HIGH and 250 ms for LOW. */
  static final ServerConfig DEFAULT =
      new ServerConfig(
          16, Duration.ofMillis(5), 256, Duration.ofMillis(100), Duration.ofMillis(250));

  /** {@return how long a question of a band may wait} */
  Duration inTime(Band band) {
    return band.equals(Band.HIGH) ? highInTime : lowInTime;
  }

  /** {@return these settings with other batches} */
  ServerConfig batches(int most, Duration newLinger) {
    return new ServerConfig(most, newLinger, waiting, highInTime, lowInTime);
  }

  /** {@return these settings with another bound to what waits} */
  ServerConfig withWaiting(int most) {
    return new ServerConfig(batch, linger, most, highInTime, lowInTime);
  }

  /** {@return these settings with other times after which a question is late} */
  ServerConfig withInTime(Duration high, Duration low) {
    return new ServerConfig(batch, linger, waiting, high, low);
  }
}
