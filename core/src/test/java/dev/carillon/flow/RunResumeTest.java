package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.StoreException;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run goes on behind what it has written down. */
class RunResumeTest {
  private static final String RUN = "nightly";
  private static final Key<Long> SUM = Key.ofRun("sum", Long.class, 0L);

  private final MessageStore store = Stores.inMemory();
  private final Scheduler scheduler = Scheduler.open();
  private final Flow flow = Flow.on(scheduler);
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch isHeld = new CountDownLatch(1);
  private final AtomicBoolean holds = new AtomicBoolean(true);

  @AfterEach
  void close() {
    flow.close();
    scheduler.close();
    store.close();
  }

  private static Journal journal(MessageStore in) {
    return Journal.in(in, BinaryCodec.of(c -> c));
  }

  private <I, O> Run<O> start(Cycle<I, O> cycle, I input) {
    return flow.start(cycle, input, o -> o.journaled(RUN, journal(store)));
  }

  /** Waits for ever, the first time. */
  private void hold() throws InterruptedException {
    if (holds.compareAndSet(true, false)) {
      isHeld.countDown();
      new CountDownLatch(1).await();
    }
  }

  /** Cancels a run once it is held. */
  private void cancelHeld(Run<?> run) throws InterruptedException {
    Patience.await(isHeld);
    run.cancel();
    assertThat(run.await()).isEqualTo(RunStatus.CANCELLED);
  }

  /** A cycle that sums up its input, and is held before it does so in some iteration. */
  private Cycle<Long, Long> summing(Loop loop, Predicate<PartContext> isHeldIn) {
    return Cycle.define(
        "summing",
        Long.class,
        c -> {
          c.loop(loop);
          return c.<Long, Long>partWith(
                  "add",
                  (at, input) -> {
                    done.add(at.idempotencyKey());
                    if (isHeldIn.test(at)) {
                      hold();
                    }
                    at.write(SUM, at.read(SUM) + input);
                    return at.read(SUM);
                  },
                  c.input())
              .reads(SUM)
              .writes(SUM);
        });
  }

  private Cycle<Long, Long> summing(Loop loop) {
    return summing(loop, _ -> false);
  }

  // ── going on ──

  @Test
  void start_afterACancelledRun_goesOnBehindTheLastCommit() throws Exception {
    Cycle<Long, Long> cycle = summing(Loop.times(5), at -> at.iteration() == 4);
    cancelHeld(start(cycle, 10L));
    assertThat(done).hasSize(4);
    Run<Long> again = start(cycle, 1000L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(50L);
    assertThat(again.iteration()).isEqualTo(5);
    assertThat(done.subList(3, done.size()))
        .containsExactly("nightly/4/add", "nightly/4/add", "nightly/5/add");
  }

  @Test
  void start_afterTheFlowWasClosed_goesOn() throws Exception {
    Cycle<Long, Long> cycle = summing(Loop.times(3), at -> at.iteration() == 2);
    try (Flow closed = Flow.on(scheduler)) {
      Run<Long> run = closed.start(cycle, 10L, o -> o.journaled(RUN, journal(store)));
      Patience.await(isHeld);
      assertThat(run.isOver()).isFalse();
    }
    Run<Long> again = start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(30L);
  }

  @Test
  void start_afterARunThatHasEnded_beginsAnewWithTheSameKeys() throws Exception {
    Cycle<Long, Long> cycle = summing(Loop.times(2));
    assertThat(start(cycle, 10L).await()).isEqualTo(RunStatus.OK);
    Run<Long> again = start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(2L);
    assertThat(done)
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
                    done.add(at.idempotencyKey());
                    if (at.iteration() == 2) {
                      hold();
                    }
                    return Done.DONE;
                  });
            });
    cancelHeld(start(cycle, Done.DONE));
    assertThat(start(cycle, Done.DONE).await()).isEqualTo(RunStatus.OK);
    assertThat(done).hasSize(4);
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
                      hold();
                    }
                    return at.iteration();
                  });
            });
    cancelHeld(start(cycle, Done.DONE));
    Run<Long> again = start(cycle, Done.DONE);
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
                            done.add(at.idempotencyKey());
                            at.write(SUM, at.read(SUM) + input);
                            return at.read(SUM);
                          },
                          c.input())
                      .reads(SUM)
                      .writes(SUM);
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
                      hold();
                    }
                    return value;
                  },
                  sum);
            });
    Run<Long> run = start(cycle, 10L);
    Patience.until("the first is committed", () -> run.progress().iterations() == 1);
    cancelHeld(run);
    done.clear();
    Run<Long> again = start(cycle, 1L);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(30L);
    assertThat(done).containsExactly("nightly/2/add", "nightly/3/add");
  }

  @Test
  void start_ofIndependentUnits_goesOnInEachWhereItWas() throws Exception {
    Cycle<Done, Long> cycle =
        Cycle.supply(
            "units",
            c -> {
              c.sync(Sync.independent()).loop(Loop.times(5));
              var wires = new ArrayList<Out<Long>>();
              c.branch("left", b -> wires.add(b.partWith("fast", at -> noted(at, at.iteration()))));
              c.branch(
                  "right",
                  b ->
                      wires.add(
                          b.partWith(
                              "slow",
                              (at, latest) -> {
                                if (at.iteration() == 3) {
                                  hold();
                                }
                                return noted(at, latest);
                              },
                              wires.getFirst())));
              return wires.getLast();
            });
    Run<Long> run = start(cycle, Done.DONE);
    Patience.until("left is over", () -> done.contains("nightly/5/left/fast=5"));
    cancelHeld(run);
    done.clear();
    Run<Long> again = start(cycle, Done.DONE);
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(5L);
    assertThat(done.stream().filter(each -> each.contains("right")))
        .containsExactly(
            "nightly/3/right/slow=5", "nightly/4/right/slow=5", "nightly/5/right/slow=5");
    assertThat(done.stream().filter(each -> each.contains("left")).toList())
        .isSubsetOf("nightly/5/left/fast=5"); // unless it was committed
  }

  private long noted(PartContext at, long value) {
    done.add(at.idempotencyKey() + "=" + value);
    return value;
  }

  // ── at the end ──

  @Test
  void start_afterALoopThatHadEnded_onlyEnds(@TempDir Path directory) throws Exception {
    Path copy = directory.resolve("copy");
    Cycle<Long, Long> cycle =
        ending(Loop.forever().until(view -> view.read(SUM) == 20), directory, copy, false);
    assertSameAgain(cycle, directory, copy, RunStatus.OK, "nightly/2/add");
  }

  @Test
  void start_afterALoopThatAFailureHadEnded_onlyEnds(@TempDir Path directory) throws Exception {
    Path copy = directory.resolve("copy");
    Cycle<Long, Long> cycle = ending(Loop.forever(), directory, copy, true);
    assertSameAgain(cycle, directory, copy, RunStatus.ERROR, "nightly/2/add");
  }

  /** A cycle whose journal is copied after its last commit and before its end. */
  private Cycle<Long, Long> ending(Loop loop, Path directory, Path copy, boolean fails) {
    return Cycle.define(
        "ending",
        Long.class,
        c -> {
          c.loop(loop);
          c.anyway(
              "copy",
              () -> {
                done.add("copy");
                if (!Files.exists(copy)) {
                  copy(directory.resolve("files"), copy);
                }
              });
          Out<Long> sum =
              c.<Long, Long>partWith(
                      "add",
                      (at, input) -> {
                        done.add(at.idempotencyKey());
                        at.write(SUM, at.read(SUM) + input);
                        return at.read(SUM);
                      },
                      c.input())
                  .reads(SUM)
                  .writes(SUM);
          c.act(
              "check",
              value -> {
                if (fails && value == 20) {
                  throw new IllegalStateException("at " + value);
                }
              },
              sum);
          return sum;
        });
  }

  private void assertSameAgain(
      Cycle<Long, Long> cycle, Path directory, Path copy, RunStatus status, String last)
      throws Exception {
    try (MessageStore files = Stores.segments(directory.resolve("files"))) {
      Run<Long> run = flow.start(cycle, 10L, o -> o.journaled(RUN, journal(files)));
      assertThat(run.await()).isEqualTo(status);
      assertThat(run.output()).contains(20L);
      assertThat(files.streams()).isEmpty();
    }
    assertThat(done).endsWith(last, "copy");
    done.clear();
    try (MessageStore files = Stores.segments(copy)) {
      assertThat(files.streams()).hasSize(1);
      Run<Long> again = flow.start(cycle, 1L, o -> o.journaled(RUN, journal(files)));
      assertThat(again.await()).isEqualTo(status);
      assertThat(again.output()).contains(20L);
      assertThat(files.streams()).isEmpty();
    }
    assertThat(done).containsExactly("copy");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each));
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  // ── by a schedule ──

  @Test
  void start_ofALoopWithARate_keepsItsPlaceOnTheGrid() throws Exception {
    Cycle<Long, Long> cycle = summing(Loop.every(Duration.ofHours(1)));
    Run<Long> run = start(cycle, 10L);
    Patience.until("the first is due at once", () -> run.progress().iterations() == 1);
    run.cancel();
    run.await();
    Run<Long> again = start(cycle, 1L);
    Patience.until(
        "the second is an hour later", () -> again.explain().toString().contains("is due"));
    assertThat(again.output()).contains(10L);
    again.cancel();
    again.await();
    assertThat(done).containsExactly("nightly/1/add");
  }

  // ── refusing and failing ──

  @Test
  void start_ofAChangedPlan_isRefusedWithBothFingerprints() throws Exception {
    Cycle<Long, Long> cycle = summing(Loop.times(2), at -> at.iteration() == 2);
    cancelHeld(start(cycle, 10L));
    Cycle<Long, Long> changed =
        Cycle.define(
            "summing",
            Long.class,
            c -> {
              Out<Long> other = c.part("other", a -> a, c.input());
              return c.<Long, Long>part("add", a -> a, other);
            });
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> start(changed, 1L))
        .withMessageContainingAll(
            "begun with=" + ((CompiledPlan) cycle.plan()).fingerprint(),
            "now=" + ((CompiledPlan) changed.plan()).fingerprint());
    assertThat(flow.runs()).isEmpty();
    Run<Long> again = start(cycle, 1L); // the name is free, and the stream was given back
    assertThat(again.await()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains(20L);
  }

  @Test
  void commit_ofAValueThatTheCodecCannotWrite_stopsTheRunWhichCanGoOn() throws Exception {
    Key<Object> any = Key.ofRun("any", Object.class, "");
    var isBad = new AtomicBoolean(true);
    Cycle<Done, Done> cycle =
        Cycle.of(
            "unwritable",
            c -> {
              c.loop(Loop.times(3));
              c.partWith(
                      "work",
                      at -> {
                        done.add(at.idempotencyKey());
                        at.write(any, at.iteration() == 2 && isBad.get() ? new Object() : "good");
                        return Done.DONE;
                      })
                  .writes(any);
            });
    Run<Done> run = start(cycle, Done.DONE);
    assertThat(run.await(Patience.LONG)).contains(RunStatus.ERROR);
    assertThat(run.failures())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.part()).isEqualTo("journal");
          assertThat(failure.cause()).isInstanceOf(CodingException.class);
        });
    isBad.set(false);
    assertThat(start(cycle, Done.DONE).await()).isEqualTo(RunStatus.OK);
    assertThat(done)
        .containsExactly("nightly/1/work", "nightly/2/work", "nightly/2/work", "nightly/3/work");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3}) // the beginning, two commits, the end
  void store_thatFails_endsTheRunWithError(int proved) throws Exception {
    var held = new HeldStore();
    var failure = new StoreException("the disk is gone", null);
    Run<Long> run = flow.start(summing(Loop.times(2)), 10L, o -> o.journaled(RUN, journal(held)));
    for (int i = 0; i <= proved; i++) {
      Patience.until("something is to be proved", () -> held.waiting() == 1);
      assertThat(run.isOver()).isFalse();
      assertThat(done).hasSize(Math.min(i, 2)); // nothing begins before it
      held.acknowledge(i < proved ? null : failure);
    }
    assertThat(run.await(Patience.LONG)).contains(RunStatus.ERROR);
    assertThat(run.failures())
        .singleElement()
        .satisfies(each -> assertThat(each.cause()).isEqualTo(failure));
    assertThat(done).hasSize(Math.min(proved, 2));
    assertThat(flow.runs()).isEmpty();
  }
}
