package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A limiter as a bucket that time fills, with time as one of the operations. */
@Param(name = "permits", gen = IntGen.class, conf = "1:3")
public class RateLimiterLincheckTest {
  private static final int BURST = 2;
  private static final long COST = 100;

  private final Time time = new Time();
  private final RateLimiter limiter =
      RateLimiter.of(
          "x", c -> c.withRate(1, Duration.ofNanos(COST)).withBurst(BURST).withClock(time));

  /** A clock that has no alarms. */
  private static final class Time implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanos() {
      return nanos.get();
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
      throw new UnsupportedOperationException("nobody waits here: name=" + name);
    }
  }

  @Operation
  public long ask() {
    return switch (limiter.ask()) {
      case Gate.Admission.Pass pass -> 0;
      case Gate.Admission.Refused refused -> refused.retryAfter().toNanos();
    };
  }

  @Operation
  public void passTime(@Param(name = "permits") int permits) {
    time.nanos.addAndGet(permits * COST / 2);
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    GateLinchecks.check(RateLimiterLincheckTest.class, Specification.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private long level = BURST * COST;

    public long ask() {
      if (level < COST) {
        return COST - level;
      }
      level -= COST;
      return 0;
    }

    public void passTime(int permits) {
      level = Math.min(BURST * COST, level + permits * COST / 2);
    }
  }
}
