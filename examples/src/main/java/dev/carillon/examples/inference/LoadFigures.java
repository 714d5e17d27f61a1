package dev.carillon.examples.inference;

import dev.carillon.schedule.Band;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What came of the requests of one run. Safe for use by any thread. */
final class LoadFigures {
  private final BandFigures high = new BandFigures();
  private final BandFigures low = new BandFigures();
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

  /** What came of one request. */
  enum Result {
    /** Answered, and rightly. */
    RIGHT,
    /** Answered, and wrongly. */
    WRONG,
    /** Dropped by the server, as it had waited too long. */
    LATE,
    /** Refused by the server, as too many waited. */
    REFUSED,
    /** Answered in another way, or not at all. */
    FAILED,
    /** Not sent, as too many were under way. */
    NOT_SENT
  }

  BandFigures of(Band band) {
    return band.equals(Band.HIGH) ? high : low;
  }

  /** Keeps the reason of the first failure. */
  void noteFailure(String reason) {
    firstFailure.compareAndSet(null, reason);
  }

  /** {@return the reason of the first failure; null if none has one} */
  @Nullable String firstFailure() {
    return firstFailure.get();
  }

  /** What came of the requests of one band. */
  static final class BandFigures {
    // guarded by this
    private final Map<Result, Long> results = new EnumMap<>(Result.class);
    private long[] times = new long[1024]; // of those that were answered, nanoseconds
    private int answered;
    private boolean isSorted;

    synchronized void add(Result result, long nanos) {
      results.merge(result, 1L, Long::sum);
      if (result == Result.RIGHT || result == Result.WRONG) {
        times = answered < times.length ? times : Arrays.copyOf(times, 2 * answered);
        times[answered++] = nanos;
        isSorted = false;
      }
    }

    synchronized long count(Result result) {
      return results.getOrDefault(result, 0L);
    }

    synchronized long sent() {
      return results.values().stream().mapToLong(n -> n).sum() - count(Result.NOT_SENT);
    }

    synchronized int answered() {
      return answered;
    }

    /**
     * {@return the time that a share of the answers did not exceed, in nanoseconds; 0 if there are
     * none}
     *
     * @param share 0 to 1; 1 is the longest
     */
    synchronized long time(double share) {
      if (answered == 0) {
        return 0;
      }
      if (!isSorted) {
        Arrays.sort(times, 0, answered);
        isSorted = true;
      }
      int rank = (int) Math.ceil(share * answered); // nearest rank: a time that was measured
      return times[Math.clamp(rank - 1, 0, answered - 1)];
    }
  }
}
