package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What an {@link InferenceServer} has done. Safe for use by any thread. */
final class ServerCounts {
  private final BandCounts high = new BandCounts();
  private final BandCounts low = new BandCounts();
  private final AtomicLongArray batches; // by size

  /** Counts of one band, by what came of the questions. */
  static final class BandCounts {
    final LongAdder known = new LongAdder();
    final LongAdder late = new LongAdder();
    final LongAdder notReady = new LongAdder();
    final LongAdder refused = new LongAdder();
  }

  ServerCounts(int mostInBatch) {
    batches = new AtomicLongArray(mostInBatch + 1);
  }

  BandCounts of(Band band) {
    return band.equals(Band.HIGH) ? high : low;
  }

  void count(Band band, Answer answer) {
    BandCounts counts = of(band);
    LongAdder counter =
        switch (answer) {
          case Answer.Known _ -> counts.known;
          case Answer.Late _ -> counts.late;
          case Answer.NotReady _ -> counts.notReady;
          case Answer.Refused _ -> counts.refused;
        };
    counter.increment();
  }

  void countBatch(int size) {
    batches.incrementAndGet(size);
  }

  /** {@return how many batches there were of each size; the first is of none} */
  long[] batches() {
    var copy = new long[batches.length()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = batches.get(i);
    }
    return copy;
  }
}
