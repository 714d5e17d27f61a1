package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Whoever has a lock is as urgent as whoever waits for it. */
@Covers({"C26", "C27"})
class LockUrgencyTest {

  @Test
  void holder_isQueued_goesBeforeWhatIsLessUrgentThanItsWaiter() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("a");
      bench.submit("holder", t -> t.locks("a").deadline(seconds(50)));
      bench.runAll();
      lease.close(); // the holder has its lock and queues for a thread
      bench.submit("other", t -> t.deadline(seconds(20)));
      LockLease none = bench.locks.acquire("b");
      bench.submit("urgent", t -> t.locks("a").deadline(seconds(1)));
      bench.runAll();
      none.close();
      assertThat(bench.ran).containsExactly("holder", "urgent", "other");
    }
  }

  @Test
  void holder_waitsForAnotherLock_urgencyGoesOnAlongTheChain() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease b = bench.locks.acquire("b");
      bench.submit("early", t -> t.locks("b").deadline(seconds(10)));
      bench.submit("holder of a", t -> t.locks("a", "b").deadline(seconds(50)));
      bench.runAll();
      bench.submit("urgent", t -> t.locks("a").deadline(seconds(1)));
      bench.runAll();
      b.close();
      bench.runAll();
      assertThat(bench.ran).containsExactly("holder of a", "urgent", "early");
    }
  }

  @Test
  void holder_isABlockedThread_urgencyGoesOnThroughIt() throws Exception {
    try (var bench = new ManualScheduler();
        var workers = new Workers()) {
      LockLease b = bench.locks.acquire("b");
      var a = new AtomicReference<LockLease>();
      workers.start(() -> {
        a.set(bench.locks.acquire("a"));
        try (LockLease both = bench.locks.acquire("b")) {
          assertThat(both.id()).isEqualTo("b");
          bench.ran.add("thread");
        }
        a.get().close();
      });
      bench.untilBlocked(1);
      bench.submit("early", t -> t.locks("b").deadline(seconds(2)));
      bench.runAll();
      bench.submit("urgent", t -> t.locks("a").deadline(seconds(1)));
      bench.runAll();
      b.close();
      workers.join();
      bench.runAll();
      assertThat(bench.ran).startsWith("thread");
      bench.assertNothingHeld();
    }
  }

  @Test
  void handOver_aLaterWaiterIsInAHigherBand_theNextHolderIsRaised() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("a");
      Event next = bench.submit("next", t -> t.low().locks("a").deadline(seconds(5)));
      bench.submit("high", t -> t.high().locks("a").deadline(seconds(60)));
      bench.runAll();
      lease.close();
      for (int i = 0; i < 3; i++) {
        bench.submit("busy", t -> t.high().deadline(seconds(30)));
      }
      bench.runAll();
      assertThat(bench.ran).as("" + next).startsWith("next");
      bench.assertNothingHeld();
    }
  }

  @Test
  void chain_veryLong_isUrgedWithoutEnd() throws Exception {
    int length = 20_000;
    try (var bench = new ManualScheduler()) {
      LockLease last = bench.locks.acquire(id(length));
      for (int i = length - 1; i >= 0; i--) {
        int lower = i;
        bench.submit("link", t -> t.locks(id(lower), id(lower + 1)).deadline(seconds(1_000)));
        bench.runAll();
      }
      bench.submit("urgent", t -> t.high().locks(id(0)).deadline(seconds(1)));
      bench.runAll();
      last.close();
      bench.runAll();
      assertThat(bench.ran).hasSize(length + 1).endsWith("urgent");
      bench.assertNothingHeld();
    }
  }

  private static String id(int number) {
    return "lock %06d".formatted(number);
  }

  @Test
  void lock_heldByOneWaitingForAThread_holderInheritsTheWaitersUrgency() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("l");
      bench.submit("holder", t -> t.locks("l"));
      bench.runAll();
      bench.submit("low", t -> t.deadline(millis(1)));
      bench.submit("high", t -> t.high().locks("l"));
      lease.close();
      bench.runAll();
      assertThat(bench.ran).containsExactly("holder", "high", "low");
    }
  }
}
