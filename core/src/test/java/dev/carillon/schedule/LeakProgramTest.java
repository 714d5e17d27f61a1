package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever tasks do and whatever is done to them: in the end nothing is held and all are counted.
 */
@Covers({"C26", "C27", "C35"})
class LeakProgramTest {

  @TestFactory
  Stream<DynamicTest> programs_stepByStep_leaveNothingBehind() {
    return Property.check("steps", 300, gen -> quietly(() -> runByHand(gen)));
  }

  @TestFactory
  Stream<DynamicTest> programs_onThreads_leaveNothingBehind() {
    return Property.check("threads", 40, gen -> quietly(() -> runOnThreads(gen)));
  }

  /** Without the failures that it makes up in the log. */
  private static void quietly(Workers.Task program) throws Exception {
    try (var log = new CapturedLog("dev.carillon.schedule")) {
      program.run();
      assertThat(log.thrown()).allMatch(e -> e.getMessage().contains("fails"));
    }
  }

  private static void runByHand(Gen gen) throws Exception {
    try (var bench = new ManualScheduler(c -> c.withResource("gpu", 3).withResource("ram", 2))) {
      var program = new LeakProgram(gen, bench.scheduler, false);
      var leases = new ArrayList<LockLease>();
      for (int i = gen.oneOf(20, 100, 200); i > 0; i--) {
        switch (gen.intBetween(0, 9)) {
          case 0, 1, 2, 3 -> program.submit();
          case 4, 5 -> bench.step();
          case 6 -> bench.clock.advance(Duration.ofMillis(gen.intBetween(0, 1_500)));
          case 7 -> program.interfere();
          case 8 ->
              bench
                  .locks
                  .acquireInAnyOrder(lockOtherThan(gen, leases), Duration.ZERO)
                  .ifPresent(leases::add);
          default -> {
            if (!leases.isEmpty()) {
              leases.remove(gen.intBetween(0, leases.size() - 1)).close();
            }
          }
        }
      }
      leases.forEach(LockLease::close);
      while (bench.scheduler.stats().held() > 0) {
        program.completePreconditions();
        bench.runAll();
        bench.clock.advance(seconds(1));
      }
      program.check();
    }
  }

  private static String lockOtherThan(Gen gen, List<LockLease> leases) {
    List<String> held = leases.stream().map(LockLease::id).toList();
    String id = gen.oneOf(LeakProgram.LOCKS);
    return held.contains(id) ? "another " + gen.anyLong() : id;
  }

  private static void runOnThreads(Gen gen) throws Exception {
    try (var scheduler =
        Scheduler.open(c ->
            c.withCpuThreads(2)
                .withDeadlocks(gen.oneOf(DeadlockPolicy.values()))
                .withCapacity(gen.oneOf(5, 1_000))
                .withResource("gpu", 3)
                .withResource("ram", 2))) {
      var program = new LeakProgram(gen, scheduler, true);
      for (int i = gen.oneOf(20, 100, 200); i > 0; i--) {
        program.submit();
        if (gen.chance(0.3)) {
          program.interfere();
        }
        if (gen.chance(0.1)) {
          LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
        }
      }
      program.completePreconditions();
      assertThat(scheduler.awaitIdle(Patience.LONG)).as("%s", scheduler).isTrue();
      program.check();
    }
  }

  static void assertComplete(List<Event> events) {
    assertThat(events).noneMatch(event -> event.status() == EventStatus.PENDING);
  }
}
