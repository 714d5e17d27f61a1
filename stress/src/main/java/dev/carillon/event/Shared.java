package dev.carillon.event;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the stress tests share: one event system for all states, as a state has events of its own
 * and a system is too large to make one for each.
 */
final class Shared {
  static final EventCore CORE = core(c -> c);

  /** How long an await takes before its wake-up counts as lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int BEFORE_COMPACTION = 31;

  private Shared() {}

  static EventCore core(UnaryOperator<EventSystemConfig> configure) {
    EventSystem system =
        EventSystem.create(c -> configure.apply(c).withTraceEvery(0).withMaxPoisonRecords(200_000));
    return (EventCore) system.raw();
  }

  /** {@return the outcome that an await of an event met with} */
  static String await(EventCore core, long event) {
    return await(core, event, PATIENCE);
  }

  /** {@return the outcome that an await of an event met with; LOST if the time passed first} */
  static String await(EventCore core, long event, Duration timeout) {
    try {
      return core.await(event, timeout) ? "TRIGGERED" : "LOST";
    } catch (PoisonedException e) {
      return e.poison().reason();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "INTERRUPTED";
    }
  }

  /** {@return the outcome of an event: PENDING, TRIGGERED, or the reason why it was poisoned} */
  static String outcome(EventCore core, long event) {
    EventStatus status = core.status(event);
    if (status != EventStatus.POISONED) {
      return status.toString();
    }
    Poison poison = core.poisonOf(event);
    return poison == null ? "NO REASON" : poison.reason();
  }

  /** Makes the next removal of an interior waiter of an event compact its list. */
  static void fillUpToCompaction(EventCore core, long event) {
    Details details = core.details.make(event);
    for (int i = 0; i < BEFORE_COMPACTION; i++) {
      if (details == null || details.countGarbage()) {
        throw new IllegalStateException("compaction is due too early: removals=" + i);
      }
    }
  }

  /** {@return which of two new events share a handle or are not pending; then completes them} */
  static String fresh(EventCore core, long one, long other) {
    String found =
        one == other
            ? "SAME"
            : core.status(one) == EventStatus.PENDING && core.status(other) == EventStatus.PENDING
                ? "ok"
                : "COMPLETE";
    core.tryTrigger(one);
    core.tryTrigger(other);
    return found;
  }

  /** Counts how often it is told of a completion. */
  static final class Tally implements CompletionListener {
    private final AtomicInteger times = new AtomicInteger();

    @Override
    public void completed(@Nullable Poison poison) {
      times.incrementAndGet();
    }

    int get() {
      return times.get();
    }
  }

  /** Writes down who was told of a completion, in that order. */
  static final class Minutes {
    private final Queue<String> names = new ConcurrentLinkedQueue<>();

    /** {@return a listener that adds its name} */
    CompletionListener of(String name) {
      return poison -> names.add(name);
    }

    @Override
    public String toString() {
      return String.join("", names);
    }
  }
}
