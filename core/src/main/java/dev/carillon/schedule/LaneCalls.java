package dev.carillon.schedule;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls what the user has given a lane, its handler and its listener: what they throw is logged, an
 * {@code Error} too, and must not stop the lane.
 *
 * @param <T> type of the items
 */
final class LaneCalls<T> {
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private final String name;
  private final @Nullable Duration timeout;
  private final LaneHandler<T> handler;
  private final LaneListener<T> listener;
  private final LaneCounts counts;

  LaneCalls(LaneConfig<T> config, LaneHandler<T> handler, LaneCounts counts) {
    this.name = "lane \"" + config.name() + "\"";
    this.timeout = config.timeout();
    this.handler = handler;
    this.listener = config.listener();
    this.counts = counts;
  }

  /** {@return the lane's name, for whoever reads} */
  String name() {
    return name;
  }

  /** Has a batch handled, however long it takes. */
  void handle(List<T> batch) {
    try {
      handler.handle(batch);
    } catch (Throwable e) {
      failed(e);
    }
  }

  /** Has a batch handled: {@return what became of the call} */
  LaneWatch.Outcome handle(LaneWatch<T> watch, List<T> batch, long start) {
    LaneWatch.Call<T> call = watch.begin(batch, start);
    Throwable failure = null;
    try {
      handler.handle(batch);
    } catch (Throwable e) {
      failure = e;
    }
    LaneWatch.Outcome outcome = watch.end(call);
    switch (outcome) {
      case IN_TIME -> {
        if (failure != null) {
          failed(failure);
        }
      }
      case TIMED_OUT -> {
        counts.timedOut.add(1);
        LOG.log(
            Level.WARNING,
            "the handler of %s must return in time: timeout=%s".formatted(name, timeout),
            failure);
        tell(() -> listener.timedOut(batch));
      }
      case ABANDONED -> {
        if (failure != null) {
          LOG.log(Level.WARNING, "an abandoned call of the handler of " + name, failure);
        }
      }
    }
    return outcome;
  }

  private void failed(Throwable e) {
    counts.failed.add(1);
    LOG.log(Level.ERROR, "the handler of " + name + " failed", e);
  }

  /** Tells that a call is about to be interrupted. */
  void overdue(List<T> batch) {
    tell(() -> listener.overdue(batch));
  }

  /** Notes that a call was given up, on the thread that does so. */
  void abandoned(List<T> batch, Duration grace) {
    counts.abandoned.add(1);
    LOG.log(
        Level.WARNING,
        "an interrupted handler must return within the time of grace: %s, grace=%s"
                .formatted(name, grace)
            + "; the lane goes on without it");
    tell(() -> listener.abandoned(batch));
  }

  /** Notes that an item gave way to another. */
  void dropped(T item) {
    counts.dropped.increment();
    tell(() -> listener.dropped(item));
  }

  /** Notes that an item will not be handled. */
  void discarded(T item) {
    counts.discarded.add(1);
    tell(() -> listener.discarded(item));
  }

  private void tell(Runnable telling) {
    try {
      telling.run();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "the listener of " + name + " failed", e);
    }
  }
}
