package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Retention;
import dev.carillon.store.ForwardingStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What parts and runs do is not felt by those beside them. */
@Covers("S18")
class RunMannersTest {
  private final StepLedger ledger = new StepLedger();

  private void assertOk(LeakCheck house, Cycle<Done, ?> cycle) throws Exception {
    LocalRun<?> run = house.start(cycle, Done.DONE, ledger);
    assertThat(LeakCheck.end(run)).as("%s", run.failures()).isEqualTo(RunStatus.OK);
    ledger.assertComplete(run);
  }

  @Test
  @Covers("S21")
  void parts_asManyAsThreads_runAllAtOnce() throws Exception {
    try (var house = new LeakCheck(5);
        var lab = new FlowLab()) {
      var all = new CountDownLatch(5);
      Cycle<Done, Done> cycle =
          Cycle.of(
              "wide",
              c -> {
                for (int i = 0; i < 5; i++) {
                  c.part("part" + i, lab.meets(all, "part"));
                }
              });
      assertOk(house, cycle);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "blocking"})
  void part_interruptsItsOwnThread_theNextOneIsNotInterrupted(String pool) throws Exception {
    try (var house = new LeakCheck(1)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "rude",
              c -> {
                Out<Integer> rude =
                    c.<Integer>part(
                            "rude",
                            () -> {
                              Thread.currentThread().interrupt();
                              return 1;
                            })
                        .on(Placement.on(pool));
                c.part(
                        "next",
                        x -> {
                          assertThat(Thread.currentThread().isInterrupted()).isFalse();
                          return x;
                        },
                        rude)
                    .on(Placement.CALLER);
              });
      assertOk(house, cycle);
    }
  }

  @Test
  void repeatingCycle_inTwoBranches_runsInBoth() throws Exception {
    var both = new CountDownLatch(2);
    Cycle<Integer, Integer> child =
        Cycle.define(
            "child",
            Integer.class,
            c -> {
              c.loop(Loop.times(2));
              return c.part(
                  "part",
                  x -> {
                    both.countDown();
                    both.await();
                    return x;
                  },
                  c.input());
            });
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "parent",
              c -> {
                Out<Integer> one = c.part("one", () -> 1);
                c.branch("left", branch -> branch.add(child, one));
                c.branch("right", branch -> branch.add(child, one));
              });
      assertOk(house, cycle);
    }
  }

  @Test
  void validate_ofAnEachPart_isAskedAboutTheList() throws Exception {
    try (var house = new LeakCheck(2)) {
      Cycle<Done, List<Integer>> cycle =
          Cycle.supply(
              "each",
              c ->
                  c.each("each", x -> x, c.part("list", () -> List.of(1, 2, 3)))
                      .validate("three", list -> list.size() == 3));
      assertOk(house, cycle);
    }
  }

  @Test
  void cancel_beforeItsPreconditions_leavesNothingWithTheirEvents() throws Exception {
    try (var house = new LeakCheck(2)) {
      Event one = house.flow.events().newEvent("one");
      Event other = house.flow.events().newEvent("other");
      Cycle<Done, Done> cycle = Cycle.of("patient", c -> c.act("part", () -> {}));
      for (int i = 0; i < 500; i++) {
        Run<Done> run = house.flow.start(cycle, Done.DONE, o -> o.after(one, other));
        run.cancel();
        assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      }
      assertThat(house.flow.events().stats().pending()).isLessThan(100); // some tasks of the last
      assertThat(house.flow.events().stats().waiters()).isLessThan(500);
      one.trigger();
      other.trigger();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_itsProbeFails_endsWhereverThatIs(boolean isManaged) throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "watched",
            c -> {
              Out<Integer> first = c.part("first", () -> 1);
              if (isManaged) {
                first.on(Placement.BLOCKING).locks("lock");
              }
              c.part("then", x -> x, first);
            });
    for (long step = 1; step <= 100; step++) {
      try (var house = new LeakCheck(2)) {
        var failing =
            new EveryStep(
                step,
                () -> {
                  throw new IllegalStateException("by the test");
                });
        Run<Done> run = house.start(cycle, Done.DONE, failing);
        boolean wasTaken = LeakCheck.end(run) == RunStatus.ERROR;
        assertThat(failing.wasTaken()).isEqualTo(wasTaken);
        if (!wasTaken) {
          assertThat(step).isGreaterThan(8);
          return;
        }
      }
    }
    throw new AssertionError("it took more steps than it has");
  }

  /** A store that opens no stream before the test says so. */
  private static final class SlowStore extends ForwardingStore {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public MessageStream open(String stream, Retention retention) {
      asked.countDown();
      try {
        Patience.await(goOn);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.open(stream, retention);
    }
  }

  @Test
  void close_whileARunIsStarted_waitsForThatToo() throws Exception {
    try (var house = new LeakCheck(2);
        var store = new SlowStore()) {
      var isFinal = new CountDownLatch(1);
      Cycle<Done, Done> cycle =
          Cycle.of(
              "late",
              c -> {
                c.act("part", () -> {});
                c.anyway("end", isFinal::countDown);
              });
      var starter =
          Thread.ofVirtual()
              .start(() ->
                  house.flow.start(
                      cycle, Done.DONE, o -> o.journaled("late", JournalLab.journal(store))));
      Patience.await(store.asked);
      var hadEnded = new AtomicBoolean();
      var closer =
          Thread.ofPlatform()
              .start(() -> {
                house.flow.close();
                hadEnded.set(isFinal.getCount() == 0 && house.flow.runs().isEmpty());
              });
      Patience.until(
          "it waits, or is through",
          () -> closer.getState() == Thread.State.WAITING || !closer.isAlive());
      store.goOn.countDown();
      starter.join();
      closer.join();
      assertThat(hadEnded).isTrue();
    }
  }

  @Test
  void validate_ofAnEachPart_isNotRetried() throws Exception {
    var calls = new AtomicInteger();
    try (var house = new LeakCheck(2)) {
      Cycle<Done, List<Integer>> cycle =
          Cycle.supply(
              "each",
              c ->
                  c.<Integer, Integer>each(
                          "each", _ -> calls.incrementAndGet(), c.part("list", () -> List.of(1, 2)))
                      .validate("three", list -> list.size() == 3)
                      .onError(OnError.retry(FlowLab.atOnce(3))));
      LocalRun<?> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.ERROR);
      assertThat(run.failures().getFirst().cause()).isInstanceOf(ValidationException.class);
      assertThat(calls).hasValue(2);
    }
  }

  @Test
  void reads_ofAnotherUnit_isItsLatestOutcome_inNoOrder() throws Exception {
    List<Outcome<Long>> seen = new CopyOnWriteArrayList<>(); // by one part, each time it changed
    var last = new Outcome.Success<>(4L);
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "apart",
              c -> {
                c.sync(Sync.independent());
                c.loop(Loop.times(4));
                var other = new AtomicReference<Out<Long>>();
                c.branch("ahead", b -> other.set(b.partWith("counts", PartContext::iteration)));
                c.branch(
                    "behind",
                    b ->
                        b.partWith(
                                "looks",
                                context -> {
                                  Patience.until(
                                      "it sees the last one, which may end after this began",
                                      () -> {
                                        Outcome<Long> now = context.outcome(other.get());
                                        if (seen.isEmpty() || !seen.getLast().equals(now)) {
                                          seen.add(now);
                                        }
                                        return now.equals(last);
                                      });
                                  return 1;
                                })
                            .on(Placement.BLOCKING)
                            .reads(other.get()));
              });
      assertThat(cycle.plan().findings()).isNotEmpty();
      assertOk(house, cycle);
      assertThat(seen).doesNotHaveDuplicates().last().isEqualTo(last);
    }
  }
}
