package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.time.Clock;
import dev.carillon.time.ManualClock;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Gates that many threads want to pass at once. */
@Covers("S26")
class GateThreadsTest {
  private static final int THREADS = 8;
  private static final int[] LIMITS = {3, 1, 2};
  private static final List<List<Integer>> PATHS =
      List.of(List.of(0), List.of(0, 1), List.of(0, 2), List.of(0, 1)); // 1 and 2 are in 0

  private static GateBoard board(Clock clock, Timers timers) {
    var plans = new CompiledPlan.GatePlan[LIMITS.length];
    for (int gate = 0; gate < plans.length; gate++) {
      var rate = gate == 2 ? new Sync.Rate(50, Duration.ofMillis(5)) : null;
      plans[gate] = new CompiledPlan.GatePlan("gate", OptionalInt.of(LIMITS[gate]), rate);
    }
    return new GateBoard(plans, clock, timers);
  }

  /** One that waits at gates; it looks how many are inside, and leaves by itself. */
  private static final class Visitor implements GateBoard.Waiter {
    private final GateBoard board;
    private final List<Integer> gates;
    private final AtomicIntegerArray inside;
    final AtomicInteger told = new AtomicInteger();
    final CountDownLatch over = new CountDownLatch(1);
    volatile boolean tooMany;

    Visitor(GateBoard board, List<Integer> gates, AtomicIntegerArray inside) {
      this.board = board;
      this.gates = gates;
      this.inside = inside;
    }

    @Override
    public void admitted() {
      told.incrementAndGet();
      for (int gate : gates) {
        if (inside.incrementAndGet(gate) > LIMITS[gate]) {
          tooMany = true;
        }
      }
      if (told.get() % 2 == 1) {
        Thread.yield();
      }
      gates.forEach(inside::decrementAndGet);
      board.release(gates);
      over.countDown();
    }
  }

  @Test
  void acquire_byManyThreads_someWithdrawn_neverMoreThanTheLimitAndEachOnce() throws Exception {
    try (var timers = Timers.on(Clock.system(), "gates")) {
      var board = board(Clock.system(), timers);
      var inside = new AtomicIntegerArray(LIMITS.length);
      var withdrawn = new AtomicInteger();
      var left = new ConcurrentLinkedQueue<Visitor>();
      try (var workers = new Workers()) {
        for (int i = 0; i < THREADS; i++) {
          var gen = new Gen(i);
          workers.start(() -> {
            for (int visit = 0; visit < 1_000; visit++) {
              var visitor = new Visitor(board, gen.oneOf(PATHS), inside);
              board.acquire(visitor, visitor.gates);
              if (gen.chance(0.3) && board.withdraw(visitor)) {
                withdrawn.incrementAndGet();
                left.add(visitor);
              } else {
                Patience.await(visitor.over);
                assertThat(visitor.told).hasValue(1);
                assertThat(visitor.tooMany).isFalse();
              }
            }
          });
        }
      }
      assertThat(left).hasSize(withdrawn.get()).allMatch(visitor -> visitor.told.get() == 0);
      assertThat(board.gates()).allMatch(gate -> gate.inUse() == 0 && gate.waiting() == 0);
      assertThat(timers.pending()).isZero();
    }
  }

  @Test
  void acquire_aRateByManyThreads_isExact() throws Exception {
    var clock = new ManualClock(1);
    int permits = 7;
    var period = Duration.ofMillis(3);
    try (var timers = Timers.on(clock, "gates")) {
      var board =
          new GateBoard(
              new CompiledPlan.GatePlan[] {GateBoardTest.rate(permits, period)}, clock, timers);
      var told = new AtomicInteger();
      for (int i = 0; i < 1_000; i++) { // so that there is always somebody
        board.acquire(told::incrementAndGet, List.of(0));
      }
      try (var workers = new Workers()) {
        for (int i = 0; i < THREADS; i++) {
          workers.start(() -> {
            for (int visit = 0; visit < 500; visit++) {
              board.acquire(told::incrementAndGet, List.of(0));
            }
          });
        }
        workers.start(() -> {
          for (int tick = 1; tick <= 300; tick++) {
            clock.advance(Duration.ofMillis(1));
            assertThat(told.get()).isLessThanOrEqualTo(permits + permits * tick / 3);
          }
        });
      }
      assertThat(told).hasValue(permits + permits * 100);
      assertThat(board.gates().getFirst().waiting()).isEqualTo(1_000 + THREADS * 500 - told.get());
      board.close();
    }
  }
}
