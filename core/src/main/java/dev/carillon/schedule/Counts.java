package dev.carillon.schedule;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a scheduler counts of tasks, besides what its shards do. Safe for use by any thread. */
final class Counts {
  final LongAdder submitted = new LongAdder();
  final LongAdder succeeded = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder downgraded = new LongAdder();
  final LongAdder late = new LongAdder(); // results that came after the outcome was settled
  final LongAdder abandoned = new LongAdder();
  final LongAdder compensationsFailed = new LongAdder();
  private final EnumMap<TaskPhase, LongAdder> missed = new EnumMap<>(TaskPhase.class);

  Counts() {
    for (TaskPhase phase : TaskPhase.values()) {
      missed.put(phase, new LongAdder());
    }
  }

  void missed(TaskPhase phase) {
    LongAdder count = missed.get(phase);
    if (count != null) {
      count.increment();
    }
  }

  /** {@return the deadlines missed, by the phases in which any was} */
  Map<TaskPhase, Long> missed() {
    var sums = new EnumMap<TaskPhase, Long>(TaskPhase.class);
    missed.forEach((phase, count) -> {
      if (count.sum() > 0) {
        sums.put(phase, count.sum());
      }
    });
    return sums;
  }
}
