package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Dijkstra's dining philosophers, five thousand of them. */
@Covers("C27")
class PhilosophersTest {
  private static final int PHILOSOPHERS = 5_000;
  private static final int MEALS = 3;

  private final AtomicInteger meals = new AtomicInteger();
  private final AtomicInteger[] users = new AtomicInteger[PHILOSOPHERS];

  PhilosophersTest() {
    for (int i = 0; i < PHILOSOPHERS; i++) {
      users[i] = new AtomicInteger();
    }
  }

  private static String fork(int number) {
    return "fork %04d".formatted(number);
  }

  private void eat(int one, int other) {
    assertThat(users[one].incrementAndGet() + users[other].incrementAndGet()).isEqualTo(2);
    meals.incrementAndGet();
    Thread.yield();
    users[one].decrementAndGet();
    users[other].decrementAndGet();
  }

  @Test
  void philosophers_lowerForkFirst_neverDeadlock() {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      var all = new CyclicBarrier(PHILOSOPHERS);
      try (var workers = new Workers()) {
        for (int i = 0; i < PHILOSOPHERS; i++) {
          int low = Math.min(i, (i + 1) % PHILOSOPHERS);
          int high = Math.max(i, (i + 1) % PHILOSOPHERS);
          workers.start(
              Workers.Kind.VIRTUAL,
              "philosopher " + i,
              () -> {
                all.await();
                for (int meal = 0; meal < MEALS; meal++) {
                  try (LockLease first = scheduler.locks().acquire(fork(low));
                      LockLease second = scheduler.locks().acquire(fork(high))) {
                    assertThat(first.id()).isLessThan(second.id());
                    eat(low, high);
                  }
                }
              });
        }
      }
      assertThat(meals).hasValue(PHILOSOPHERS * MEALS);
      assertThat(scheduler.stats().deadlocks()).isZero();
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void philosophers_leftForkFirst_deadlocksAreBrokenAndAllEat() {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      var allHaveTheLeft = new CyclicBarrier(PHILOSOPHERS);
      var gaveWay = new AtomicInteger();
      try (var workers = new Workers()) {
        for (int i = 0; i < PHILOSOPHERS; i++) {
          int left = i;
          workers.start(
              Workers.Kind.VIRTUAL,
              "philosopher " + i,
              () -> {
                CyclicBarrier first = allHaveTheLeft;
                for (int meal = 0; meal < MEALS; ) {
                  try {
                    dine(scheduler.locks(), left, first);
                    meal++;
                  } catch (DeadlockException e) {
                    gaveWay.incrementAndGet();
                  }
                  first = null;
                }
              });
        }
      }
      assertThat(meals).hasValue(PHILOSOPHERS * MEALS);
      assertThat(gaveWay).hasPositiveValue();
      assertThat(scheduler.stats().deadlocks()).isEqualTo(gaveWay.get());
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  private void dine(Locks locks, int left, CyclicBarrier allHaveTheLeft) throws Exception {
    int right = (left + 1) % PHILOSOPHERS;
    try (LockLease one = locks.acquireInAnyOrder(fork(left))) {
      if (allHaveTheLeft != null) {
        allHaveTheLeft.await();
      }
      try (LockLease other = locks.acquireInAnyOrder(fork(right))) {
        assertThat(one.id()).isNotEqualTo(other.id());
        eat(left, right);
      }
    }
  }
}
