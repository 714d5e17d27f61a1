package dev.carillon.bus;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where history ends for a subscription that replays, and what publishers give it begins. */
final class Seam {
  /*
   * A task of the subscription's reads each log to its end and gives it what is there. Until then
   * the subscription takes nothing from publishers that is in the log, as the task will come to it.
   * At the end the task says so under the log's lock: what has a greater number was noted after
   * that, and given to subscriptions even later, so the subscription takes it from its publisher.
   * What is given to it late, but has a number that the task has seen, it does not take.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.bus");
  private static final int PAGE = 256;

  private final LocalSubscription<?> subscription;
  private final Replay from;

  /** The last number that came from the log, for each that was read to its end. */
  private final ConcurrentHashMap<HistoryLog, Long> ends = new ConcurrentHashMap<>();

  Seam(LocalSubscription<?> subscription, Replay from) {
    this.subscription = subscription;
    this.from = from;
  }

  /** {@return whether the subscription takes from its publisher what has this place in a log} */
  boolean takes(HistoryLog.Entry entry) {
    Long end = ends.get(entry.log());
    return end != null && entry.number() > end;
  }

  /** Gives the subscription what is in the logs. */
  void replay(List<HistoryLog> logs) throws InterruptedException {
    for (HistoryLog log : logs) {
      replay(log);
    }
  }

  private void replay(HistoryLog log) throws InterruptedException {
    long number = start(log);
    while (subscription.isOpen()) {
      List<HistoryLog.Entry> page = log.after(number, PAGE);
      if (page.isEmpty()) {
        long seen = number;
        if (log.atEnd(seen, () -> ends.put(log, seen))) {
          return;
        }
        if (log.after(number, 1).isEmpty()) { // all that was new is gone again
          number = log.last();
        }
        continue;
      }
      long first = page.getFirst().number();
      if (number > 0 && first > number + 1) {
        LOG.log(
            Level.WARNING,
            "%s reads history too slowly: messages %d to %d of \"%s\" are gone"
                .formatted(subscription, number + 1, first - 1, log.pattern()));
      }
      for (HistoryLog.Entry entry : page) {
        number = entry.number();
        if (isWanted(entry.message())) {
          subscription.acceptFromHistory(entry.message());
        }
      }
    }
  }

  private long start(HistoryLog log) {
    Integer last = from.last();
    if (last == null) {
      return 0;
    }
    List<HistoryLog.Entry> wanted =
        log.after(0, Integer.MAX_VALUE).stream().filter(e -> isWanted(e.message())).toList();
    if (wanted.isEmpty() || last == 0) {
      return log.last();
    }
    return wanted.get(Math.max(0, wanted.size() - last)).number() - 1;
  }

  private boolean isWanted(Message<?> message) {
    @Nullable Instant since = from.since();
    return subscription.pattern().matchesValid(message.topic().name())
        && (since == null || !message.time().isBefore(since));
  }
}
