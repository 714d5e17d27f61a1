package dev.carillon.bench;

import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * L: add so many timers, with random delays from an hour to two so that none is ever due, then
 * cancel them all in the order of adding. One operation is both. The variant with one delay for all
 * is what timeouts of requests do. The young generation has room for all of them: what collecting
 * them costs depends on when it happens, and on the bytes, which are shown.
 */
@State(Scope.Thread)
public class TimerChurn {
  private static final long MOST = 10_000_000;
  private static final int DELAYS = 1 << 16;
  private static final String[] JVM_ARGS = {"-Xms6g", "-Xmx6g", "-Xmn4g", "-XX:+UseParallelGC"};

  private static final String ONE_DELAY = "one delay";

  static final Group GROUP =
      Group.of(
          "L",
          "timers: add, cancel",
          Group.Unit.NS,
          "timer added and cancelled",
          "carillon",
          List.of(
              Session.of(TimerChurn.class, "carillon", "scheduledPool", "netty")
                  .withSizes(100_000, 1_000_000, MOST)
                  .withJvmArgs(JVM_ARGS),
              Session.of(TimerChurn.class, "carillon", "scheduledPool", "netty")
                  .withSizes(MOST)
                  .withJvmArgs(
                      Stream.concat(Stream.of(JVM_ARGS), Stream.of("-Dbench.oneDelay=true"))
                          .toArray(String[]::new))
                  .withVariant(ONE_DELAY)),
          List.of(
              Goal.time("≤ 300 ns, 150 each, 10 M", 300, "carillon", "", MOST),
              toPool("≤ 1/5 of ScheduledThreadPoolExecutor", ""),
              toPool("≤ 1/5 of it, one delay", ONE_DELAY)));

  private static Goal toPool(String text, String variant) {
    return new Goal(
        text,
        rows ->
            rows.find("carillon", variant, MOST)
                .flatMap(ours -> rows.find("scheduledPool", variant, MOST).map(ours::ratioTo)),
        0.2,
        false);
  }

  @Param({"100000", "1000000", "10000000"})
  public int size;

  private final Duration[] delays = new Duration[DELAYS];
  private final Nothing task = new Nothing();
  private final Timers timers = Timers.on(Clock.system(), "bench");
  private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
  private final HashedWheelTimer wheel = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1 << 16);

  {
    var random = new SplittableRandom(1);
    for (int i = 0; i < DELAYS; i++) {
      delays[i] =
          Duration.ofNanos(
              Boolean.getBoolean("bench.oneDelay")
                  ? 3_600_000_000_000L
                  : random.nextLong(3_600_000_000_000L, 7_200_000_000_000L));
    }
    pool.setRemoveOnCancelPolicy(true);
  }

  @TearDown
  public void close() {
    timers.close();
    pool.shutdownNow();
    wheel.stop();
  }

  @Benchmark
  @Subject("Carillon")
  public int carillon() {
    var pending = new Timer[size];
    for (int i = 0; i < size; i++) {
      pending[i] = timers.schedule(delays[i & (DELAYS - 1)], task);
    }
    int cancelled = 0;
    for (Timer timer : pending) {
      cancelled += timer.cancel() ? 1 : 0;
    }
    return cancelled;
  }

  @Benchmark
  @Subject("ScheduledThreadPoolExecutor")
  public int scheduledPool() {
    var pending = new Future<?>[size];
    for (int i = 0; i < size; i++) {
      pending[i] = pool.schedule(task, delays[i & (DELAYS - 1)].toNanos(), TimeUnit.NANOSECONDS);
    }
    int cancelled = 0;
    for (Future<?> timer : pending) {
      cancelled += timer.cancel(false) ? 1 : 0;
    }
    return cancelled;
  }

  /** Its cancelled timers leave the wheel later, on its own thread. */
  @Benchmark
  @Subject("Netty HashedWheelTimer")
  public int netty() {
    var pending = new Timeout[size];
    for (int i = 0; i < size; i++) {
      pending[i] = wheel.newTimeout(task, delays[i & (DELAYS - 1)].toNanos(), TimeUnit.NANOSECONDS);
    }
    int cancelled = 0;
    for (Timeout timer : pending) {
      cancelled += timer.cancel() ? 1 : 0;
    }
    return cancelled;
  }

  private static final class Nothing implements Runnable, TimerTask {
    @Override
    public void run() {}

    @Override
    public void run(Timeout timeout) {}
  }
}
