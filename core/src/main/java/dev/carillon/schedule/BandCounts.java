package dev.carillon.schedule;

import java.time.Duration;

/** What a shard counts for one band; a passive structure, guarded by whoever owns it. */
final class BandCounts {
  private static final int SIZES = 64;

  long dispatched;
  long promoted;
  private long waited;
  private long longest;
  private final long[] histogram = new long[SIZES]; // by the power of two above the wait

  void dispatched(long wait) {
    long positive = Math.max(0, wait);
    dispatched++;
    waited += positive;
    longest = Math.max(longest, positive);
    histogram[SIZES - Long.numberOfLeadingZeros(positive | 1)]++;
  }

  void add(BandCounts other) {
    dispatched += other.dispatched;
    promoted += other.promoted;
    waited += other.waited;
    longest = Math.max(longest, other.longest);
    for (int i = 0; i < SIZES; i++) {
      histogram[i] += other.histogram[i];
    }
  }

  /** {@return the numbers for people} */
  SchedulerStats.BandStats stats(Band band, int queued) {
    return new SchedulerStats.BandStats(
        band,
        queued,
        dispatched,
        promoted,
        Duration.ofNanos(dispatched == 0 ? 0 : waited / dispatched),
        Duration.ofNanos(wait(0.5)),
        Duration.ofNanos(wait(0.99)),
        Duration.ofNanos(longest));
  }

  /** {@return a wait that no more than a share of all exceeded, exact to a factor of two} */
  private long wait(double share) {
    long rank = (long) Math.ceil(share * dispatched);
    long seen = 0;
    for (int i = 0; i < SIZES; i++) {
      seen += histogram[i];
      if (seen >= rank && seen > 0) {
        return Math.min(longest, i == SIZES - 1 ? Long.MAX_VALUE : 1L << i);
      }
    }
    return 0;
  }
}
