package dev.carillon.bus;

import dev.carillon.event.Poison;
import dev.carillon.spi.StoreException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where history ends for a subscription that replays, and what publishers give it begins. */
final class Seam {
  /*
   * Whoever publishes has the message kept first, then looks who subscribes, and gives it to them.
   * A task of the subscription's reads each log to its end and gives it what is there. Until then
   * the subscription takes nothing from publishers that is in the log, as the task will come to it:
   * it only notes, under the lock, a number that what it left is not above. When the task has read
   * all up to a number, and nothing above it was left, it says under the lock that this was the end:
   * what has a greater number comes to the subscription later, or is just coming, and is taken from
   * its publisher; what has not, the task has seen. So nothing is missed and nothing comes twice,
   * and no lock is held while a message is kept.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int PAGE = 256;

  private final LocalSubscription<?> subscription;
  private final Replay from;

  /** The last number of each log when the subscription was opened; written before it is. */
  private final Map<HistoryLog, Long> atOpening = new HashMap<>();

  /** The last number that came from the log, for each that was read to its end. */
  private final ConcurrentHashMap<HistoryLog, Long> ends = new ConcurrentHashMap<>();

  private final Object lock = new Object();
  // guarded by lock
  private final Map<HistoryLog, Long> left = new HashMap<>(); // not above that, to the task

  Seam(LocalSubscription<?> subscription, Replay from) {
    this.subscription = subscription;
    this.from = from;
  }

  /**
   * Notes where the logs stand as the subscription opens: the newest of history are those before.
   */
  void opened(List<HistoryLog> logs) {
    logs.forEach(log -> atOpening.put(log, log.last()));
  }

  /** {@return whether the subscription takes from its publisher what is kept at a place} */
  boolean takes(Place place) {
    Long end = ends.get(place.log());
    if (end == null) {
      synchronized (lock) {
        end = ends.get(place.log());
        if (end == null) {
          left.merge(place.log(), place.most(), Math::max);
          return false;
        }
      }
    }
    return place.isAfter(end);
  }

  /** Says that a log ends at a number for the task, unless it has been left more. */
  private boolean endsAt(HistoryLog log, long number) {
    synchronized (lock) {
      if (left.getOrDefault(log, 0L) > number) {
        return false;
      }
      ends.put(log, number);
      left.remove(log);
      return true;
    }
  }

  /** Gives the subscription what is in the logs. */
  void replay(List<HistoryLog> logs) throws InterruptedException {
    for (HistoryLog log : logs) {
      long[] number = {0};
      try {
        number[0] = start(log);
        replay(log, number);
      } catch (StoreException e) { // the rest of it cannot be read, what is published can be heard
        LOG.log(
            Level.ERROR,
            "%s misses what history has of \"%s\" after message %d, which cannot be read"
                .formatted(subscription, log.pattern(), number[0]),
            e);
        giveUp(log, number[0]);
      }
    }
  }

  /** Goes without what was not read, as reading it was refused, or has failed. */
  void giveUp(List<HistoryLog> logs, Poison why) {
    if (subscription.isOpen()) {
      LOG.log(
          Level.ERROR,
          "%s misses history, as its replay did not come to the end: %s"
              .formatted(subscription, why.message()));
    }
    for (HistoryLog log : logs) {
      if (!ends.containsKey(log)) {
        giveUp(log, 0);
      }
    }
  }

  private void giveUp(HistoryLog log, long number) {
    synchronized (lock) {
      ends.put(log, Math.max(number, left.getOrDefault(log, 0L)));
    }
  }

  private void replay(HistoryLog log, long[] number) throws InterruptedException {
    while (subscription.isOpen()) {
      HistoryLog.Slice page = log.after(number[0], PAGE, subscription.pattern(), from.since());
      if (page.last() == number[0]) {
        if (endsAt(log, number[0])) {
          return;
        }
        continue;
      }
      if (number[0] > 0 && page.gone() > 0) {
        LOG.log(
            Level.WARNING,
            "%s reads history too slowly: messages %d to %d of \"%s\" are gone"
                .formatted(subscription, number[0] + 1, number[0] + page.gone(), log.pattern()));
      }
      for (HistoryLog.Entry entry : page.entries()) {
        subscription.acceptFromHistory(entry.message());
      }
      number[0] = page.last();
    }
  }

  /** {@return the number after which to begin} */
  private long start(HistoryLog log) {
    Integer last = from.last();
    if (last == null) {
      return 0;
    }
    @Nullable Instant since = from.since();
    var newest = new ArrayDeque<Long>();
    long number = 0;
    long end = atOpening.getOrDefault(log, log.last());
    while (number < end && last > 0) {
      HistoryLog.Slice page = log.after(number, PAGE, subscription.pattern(), since);
      if (page.last() == number) {
        break;
      }
      number = page.last();
      for (HistoryLog.Entry entry : page.entries()) {
        if (entry.number() <= end) {
          newest.add(entry.number());
        }
        if (newest.size() > last) {
          newest.removeFirst();
        }
      }
    }
    return newest.isEmpty() ? end : newest.getFirst() - 1;
  }
}
