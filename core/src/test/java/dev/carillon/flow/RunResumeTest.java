package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Topic;
import dev.carillon.event.EventStatus;
import dev.carillon.schedule.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run goes on behind what it has written down. */
class RunResumeTest {
  private final JournalLab lab = new JournalLab();

  @AfterEach
  void close() {
    lab.close();
  }

  // ── going on ──

  @Test
  void start_afterACancelledRun_goesOnBehindTheLastCommit() throws Exception {
    Cycle<Long, Long> cycle = lab.summing(Loop.times(5), at -> at.iteration() == 4);
    lab.cancelHeld(lab.start(cycle, 10L));
    assertThat(lab.done).hasSize(4);
    Run<Long> again = lab.start(cycle, 1000L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(50L);
    assertThat(again.iteration()).isEqualTo(5);
    assertThat(lab.done.subList(3, lab.done.size()))
        .containsExactly("nightly/4/add", "nightly/4/add", "nightly/5/add");
  }

  @Test
  void start_afterTheFlowWasClosed_goesOn() throws Exception {
    Cycle<Long, Long> cycle = lab.summing(Loop.times(3), at -> at.iteration() == 2);
    try (Flow closed = Flow.on(lab.scheduler)) {
      Run<Long> run =
          closed.start(cycle, 10L, o -> o.journaled(JournalLab.RUN, JournalLab.journal(lab.store)));
      Patience.await(lab.isHeld);
      assertThat(run.isOver()).isFalse();
    }
    Run<Long> again = lab.start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(30L);
  }

  @Test
  void start_afterARunThatHasEnded_beginsAnewWithTheSameKeys() throws Exception {
    Cycle<Long, Long> cycle = lab.summing(Loop.times(2));
    assertThat(lab.start(cycle, 10L).await()).isEqualTo(RunStatus.OK);
    Run<Long> again = lab.start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(2L);
    assertThat(lab.done)
        .containsExactly("nightly/1/add", "nightly/2/add", "nightly/1/add", "nightly/2/add");
  }

  @Test
  void start_ofACycleWithoutInputAndValue_needsNoCodecForThem() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "plain",
            c -> {
              c.loop(Loop.times(3));
              c.partWith(
                  "work",
                  at -> {
                    lab.done.add(at.idempotencyKey());
                    if (at.iteration() == 2) {
                      lab.hold();
                    }
                    return Done.DONE;
                  });
            });
    lab.cancelHeld(lab.start(cycle, Done.DONE));
    assertThat(lab.start(cycle, Done.DONE).await()).isEqualTo(RunStatus.OK);
    assertThat(lab.done).hasSize(4);
  }

  @Test
  void start_afterAnIterationThatFailed_hasItsStatus() throws Exception {
    var backoff = Backoff.fixed(Duration.ZERO);
    Cycle<Done, Long> cycle =
        Cycle.supply(
            "failing",
            c -> {
              c.loop(Loop.times(3).afterFailure(Loop.AfterFailure.goOn(backoff)));
              return c.partWith(
                  "work",
                  at -> {
                    if (at.iteration() == 1) {
                      throw new IOException("in the first iteration");
                    }
                    if (at.iteration() == 3) {
                      lab.hold();
                    }
                    return at.iteration();
                  });
            });
    lab.cancelHeld(lab.start(cycle, Done.DONE));
    Run<Long> again = lab.start(cycle, Done.DONE);
    assertThat(again.await()).isEqualTo(RunStatus.ERROR);
    assertThat(again.output()).contains(3L);
    assertThat(again.failures()).isEmpty(); // they were in the other process
  }

  @Test
  void start_ofAPipeline_hasKeysAsOfTheIterationThatWasCommitted() throws Exception {
    var addedTwice = new CountDownLatch(1);
    Cycle<Long, Long> cycle =
        Cycle.define(
            "piped",
            Long.class,
            c -> {
              c.sync(Sync.parallel().pipelined(2)).loop(Loop.times(3));
              Out<Long> sum =
                  c.<Long, Long>partWith(
                          "add",
                          (at, input) -> {
                            lab.done.add(at.idempotencyKey());
                            at.write(JournalLab.SUM, at.read(JournalLab.SUM) + input);
                            return at.read(JournalLab.SUM);
                          },
                          c.input())
                      .reads(JournalLab.SUM)
                      .writes(JournalLab.SUM);
              c.partWith(
                  "seen",
                  (at, _) -> {
                    if (at.iteration() == 2) {
                      addedTwice.countDown();
                    }
                    return Done.DONE;
                  },
                  sum);
              return c.partWith(
                  "late",
                  (at, value) -> {
                    Patience.await(addedTwice);
                    if (at.iteration() == 2) {
                      lab.hold();
                    }
                    return value;
                  },
                  sum);
            });
    Run<Long> run = lab.start(cycle, 10L);
    Patience.until("the first is committed", () -> run.progress().iterations() == 1);
    lab.cancelHeld(run);
    lab.done.clear();
    Run<Long> again = lab.start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(30L);
    assertThat(lab.done).containsExactly("nightly/2/add", "nightly/3/add");
  }

  @Test
  void start_ofIndependentUnits_goesOnInEachWhereItWas() throws Exception {
    Cycle<Done, Long> cycle =
        Cycle.supply(
            "units",
            c -> {
              c.sync(Sync.independent()).loop(Loop.times(5));
              var wires = new ArrayList<Out<Long>>();
              c.branch(
                  "left", b -> wires.add(b.partWith("fast", at -> lab.noted(at, at.iteration()))));
              c.branch(
                  "right",
                  b ->
                      wires.add(
                          b.partWith(
                              "slow",
                              (at, latest) -> {
                                if (at.iteration() == 3) {
                                  lab.hold();
                                }
                                return lab.noted(at, latest);
                              },
                              wires.getFirst())));
              return wires.getLast();
            });
    Run<Long> run = lab.start(cycle, Done.DONE);
    Patience.until("left is over", () -> lab.done.contains("nightly/5/left/fast=5"));
    lab.cancelHeld(run);
    lab.done.clear();
    Run<Long> again = lab.start(cycle, Done.DONE);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(5L);
    assertThat(lab.done.stream().filter(each -> each.contains("right")))
        .containsExactly(
            "nightly/3/right/slow=5", "nightly/4/right/slow=5", "nightly/5/right/slow=5");
    assertThat(lab.done.stream().filter(each -> each.contains("left")).toList())
        .isSubsetOf("nightly/5/left/fast=5"); // unless it was committed
  }

  @Test
  void start_afterTheLoopHadEnded_finishesTheBranchesBesideIt() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "beside",
            c -> {
              c.loop(Loop.times(2));
              c.partWith(
                  "main",
                  at -> {
                    if (at.iteration() == 2) {
                      Patience.await(lab.isHeld);
                    }
                    return lab.noted(at, 0);
                  });
              c.split(
                  "side",
                  Sync.independent(),
                  split ->
                      split.branch(
                          "branch",
                          b ->
                              b.partWith(
                                  "again",
                                  at -> {
                                    if (at.iteration() == 2) {
                                      lab.hold();
                                    }
                                    return lab.noted(at, 0);
                                  })));
            });
    Run<Done> run = lab.start(cycle, Done.DONE);
    Patience.until("the loop is over", () -> run.progress().iterations() == 2);
    lab.cancelHeld(run);
    lab.done.clear();
    assertThat(lab.start(cycle, Done.DONE).await()).isEqualTo(RunStatus.OK);
    assertThat(lab.done).containsExactly("nightly/2/side/branch/again=0");
  }

  // ── by a schedule ──

  @Test
  void start_ofALoopWithARate_keepsItsPlaceOnTheGrid() throws Exception {
    Cycle<Long, Long> cycle = lab.summing(Loop.every(Duration.ofHours(1)));
    Run<Long> run = lab.start(cycle, 10L);
    Patience.until("the first is due at once", () -> run.progress().iterations() == 1);
    run.cancel();
    run.await();
    Run<Long> again = lab.start(cycle, 1L);
    Patience.until(
        "the second is an hour later", () -> again.explain().toString().contains("is due"));
    assertThat(again.output()).contains(10L);
    again.cancel();
    again.await();
    assertThat(lab.done).containsExactly("nightly/1/add");
  }

  // ── on messages ──

  @Test
  void message_ofAnIteration_isHandledWhenThatIsDurable() throws Exception {
    var held = new HeldStore();
    Topic<String> topic = Topic.of("orders", String.class);
    try (Bus bus = Bus.open(lab.scheduler, c -> c)) {
      Cycle<String, String> cycle =
          Cycle.define(
              "orders",
              String.class,
              c -> {
                c.loopOn(bus, topic);
                return c.part("take", order -> order + " taken", c.input());
              });
      Run<String> run =
          lab.flow.start(cycle, "none", o -> o.journaled("r", JournalLab.journal(held)));
      Patience.until("it is begun", () -> held.waiting() == 1);
      held.acknowledge(null);
      Patience.until("it listens", () -> bus.stats().subscriptions() == 1);
      Delivery delivery = bus.publish(topic, "apples");
      Patience.until("it is to be committed", () -> held.waiting() == 1);
      assertThat(run.output()).contains("apples taken");
      assertThat(delivery.event().status()).isEqualTo(EventStatus.PENDING);
      held.acknowledge(null);
      delivery.event().await();
      run.cancel();
      run.await();
    }
  }
}
