package dev.carillon.function;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts calls. */
final class Calls {
  private final LongAdder ended = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);

  /** Calls a target, and counts that. */
  @Nullable Object count(Target target, @Nullable Object[] arguments) throws Exception {
    long start = System.nanoTime();
    Object result;
    try {
      result = target.invoke(arguments);
    } catch (Throwable e) {
      end(start, true);
      throw e;
    }
    if (result instanceof CompletionStage<?> stage) {
      var _ = stage.whenComplete((_, failure) -> end(start, failure != null));
    } else {
      end(start, false);
    }
    return result;
  }

  private void end(long start, boolean failed) {
    long took = System.nanoTime() - start;
    ended.increment();
    nanos.add(took);
    slowest.accumulate(took);
    if (failed) {
      failures.increment();
    }
  }

  CallStats stats() {
    return new CallStats(
        ended.sum(),
        failures.sum(),
        Duration.ofNanos(nanos.sum()),
        Duration.ofNanos(slowest.get()));
  }
}
