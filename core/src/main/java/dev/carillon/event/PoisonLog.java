package dev.carillon.event;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which generations of one slot were poisoned, and why. Guarded by its own monitor. */
final class PoisonLog {
  /*
   * Three tiers, from new to old. The newest RECENT poisoned generations keep their Poison. Older
   * ones keep the reason, a string that equal neighbours share. Once the system holds more records
   * than it may, the oldest record of all is forgotten, which leaves the bare fact that the
   * generation was poisoned, as a part of a range of such generations. Records come and go in the
   * order of generations, so each tier is a queue, and a lookup goes from the newest tier down.
   *
   * A poisoned slot costs 8 bytes in the worst case for each generation whose reason is forgotten
   * (isolated ones), and nothing more where neighbours were poisoned too.
   */
  static final int RECENT = 8;
  static final String FORGOTTEN = "poisoned; the reason is no longer kept (maxPoisonRecords)";

  private int[] recentGenerations = new int[1];
  private @Nullable Poison[] recent = new Poison[1];
  private int recentCount;

  private int[] olderGenerations = {};
  private @Nullable String[] olderReasons = {};
  private int olderFirst;
  private int olderCount;

  private int[] ranges = {}; // pairs of first and last generation
  private int rangeCount;

  /** Adds a poisoned generation, which is later than all before. */
  void record(int generation, Poison poison) {
    if (recentCount == RECENT) {
      Poison oldest = recent[0];
      if (oldest != null) {
        addOlder(recentGenerations[0], oldest.reason());
      }
      System.arraycopy(recent, 1, recent, 0, RECENT - 1);
      System.arraycopy(recentGenerations, 1, recentGenerations, 0, RECENT - 1);
      recentCount--;
    } else if (recentCount == recent.length) {
      recent = Arrays.copyOf(recent, Math.min(RECENT, 2 * recentCount));
      recentGenerations = Arrays.copyOf(recentGenerations, recent.length);
    }
    recent[recentCount] = poison;
    recentGenerations[recentCount] = generation;
    recentCount++;
  }

  private void addOlder(int generation, String reason) {
    if (olderFirst + olderCount == olderReasons.length) {
      int room = Math.max(4, 2 * olderCount);
      String[] reasons = new String[room];
      int[] generations = new int[room];
      System.arraycopy(olderReasons, olderFirst, reasons, 0, olderCount);
      System.arraycopy(olderGenerations, olderFirst, generations, 0, olderCount);
      olderReasons = reasons;
      olderGenerations = generations;
      olderFirst = 0;
    }
    int end = olderFirst + olderCount;
    String before = olderCount == 0 ? null : olderReasons[end - 1];
    olderReasons[end] = reason.equals(before) ? before : reason;
    olderGenerations[end] = generation;
    olderCount++;
  }

  /** Forgets the reason of the oldest generation that has one. */
  void forgetOldest() {
    if (olderCount > 0) {
      addToRanges(olderGenerations[olderFirst]);
      olderReasons[olderFirst] = null;
      olderFirst++;
      olderCount--;
    } else if (recentCount > 0) {
      addToRanges(recentGenerations[0]);
      recentCount--;
      System.arraycopy(recent, 1, recent, 0, recentCount);
      System.arraycopy(recentGenerations, 1, recentGenerations, 0, recentCount);
      recent[recentCount] = null;
    }
  }

  private void addToRanges(int generation) {
    if (rangeCount > 0 && ranges[2 * rangeCount - 1] + 1 == generation) {
      ranges[2 * rangeCount - 1] = generation;
      return;
    }
    if (2 * rangeCount == ranges.length) {
      ranges = Arrays.copyOf(ranges, Math.max(2, 2 * ranges.length));
    }
    ranges[2 * rangeCount] = generation;
    ranges[2 * rangeCount + 1] = generation;
    rangeCount++;
  }

  /** {@return the poison of an event in this slot, or null if that event was not poisoned} */
  @Nullable Poison find(EventHandle event) {
    int generation = event.generation();
    for (int i = recentCount - 1; i >= 0; i--) {
      if (recentGenerations[i] == generation) {
        return recent[i];
      }
    }
    int older = indexIn(olderGenerations, olderFirst, olderFirst + olderCount, generation);
    String reason = older >= 0 ? olderReasons[older] : inRanges(generation) ? FORGOTTEN : null;
    return reason == null ? null : Poison.of(event, null, reason, null, Instant.EPOCH);
  }

  /** {@return whether the event of that generation was poisoned} */
  boolean contains(int generation) {
    for (int i = recentCount - 1; i >= 0; i--) {
      if (recentGenerations[i] == generation) {
        return true;
      }
    }
    return indexIn(olderGenerations, olderFirst, olderFirst + olderCount, generation) >= 0
        || inRanges(generation);
  }

  private static int indexIn(int[] sorted, int from, int to, int wanted) {
    int low = from;
    int high = to - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Integer.compareUnsigned(sorted[middle], wanted);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private boolean inRanges(int generation) {
    int low = 0;
    int high = rangeCount - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(generation, ranges[2 * middle]) < 0) {
        high = middle - 1;
      } else if (Integer.compareUnsigned(generation, ranges[2 * middle + 1]) > 0) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }
}
