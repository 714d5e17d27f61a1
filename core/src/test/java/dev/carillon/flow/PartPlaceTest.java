package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.event.EventStatus;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.schedule.Band;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import dev.carillon.spi.SiteCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where parts run, and in what order those that share a thread, a lane, or a place. */
class PartPlaceTest {
  private final FlowLab lab =
      new FlowLab(c ->
          c.withResource("gpu", 2)
              .withPool(
                  "own",
                  Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory()),
                  1));
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
    lab.scheduler
        .config()
        .pools()
        .forEach((_, pool) -> ((ExecutorService) pool.executor()).shutdown());
  }

  // ── placements ──

  @Test
  @Covers({"S18", "S29"})
  void on_cpu_isAThreadOfThePool_andThoseAreKept() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(200));
              for (int i = 0; i < 8; i++) {
                c.act("part" + i, () -> threads.add(Thread.currentThread()));
              }
            }));
    assertThat(threads).hasSizeBetween(1, FlowLab.THREADS).noneMatch(Thread::isVirtual);
    assertThat(lab.scheduler.stats().running()).containsKey("cpu");
  }

  @Test
  @Covers({"S18", "S29"})
  void on_blocking_isAVirtualThread() throws Exception {
    Run<Boolean> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.part("part", () -> Thread.currentThread().isVirtual())
                        .on(Placement.BLOCKING)));
    assertThat(run.output()).contains(true);
  }

  @Test
  @Covers({"S18", "S29"})
  void on_namedPool_isAThreadOfThatExecutor() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.part("part", () -> Thread.currentThread().getName())
                        .on(Placement.on("own"))));
    assertThat(run.output()).contains("own");
  }

  @Test
  @Covers({"S18", "S29"})
  void on_caller_isTheThreadThatEndedTheLastPredecessor() throws Exception {
    for (Placement first : List.of(Placement.CPU, Placement.BLOCKING, Placement.on("own"))) {
      Run<Boolean> run =
          lab.finish(
              Cycle.supply(
                  "cycle",
                  c -> {
                    var before = c.part("before", () -> Thread.currentThread()).on(first);
                    return c.part("part", thread -> thread.equals(Thread.currentThread()), before)
                        .on(Placement.CALLER);
                  }));
      assertThat(run.output()).as(first.toString()).contains(true);
    }
  }

  @Test
  @Covers({"S18", "S29"})
  void start_whatTheSchedulerDoesNotHave_isRefused() {
    refuses(out -> out.on(Placement.on("nowhere")), "pool=nowhere");
    refuses(out -> out.needs("tpu", 1), "resource=tpu");
    refuses(out -> out.needs("gpu", 3), "permits=3");
    refuses(out -> out.priority(new Band(7)), "bands=2");
  }

  private void refuses(Consumer<Out<String>> how, String said) {
    Cycle<Done, Done> cycle = Cycle.of("cycle", c -> how.accept(c.part("part", lab.gives("part"))));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> lab.start(cycle))
        .withMessageContaining(said);
  }

  @Test
  @Covers({"S18", "S29"})
  void lane_partsOfOneKey_runOneAfterAnother_alsoAcrossRuns() throws Exception {
    var mayEnd = new CountDownLatch(1);
    Run<Done> first =
        lab.start(
            Cycle.of(
                "first",
                c ->
                    c.act(
                            "part",
                            () -> {
                              begun.countDown();
                              Patience.await(mayEnd);
                              lab.note("first");
                            })
                        .lane("key")));
    Patience.await(begun);
    var second = lab.start(Cycle.of("2nd", c -> c.part("part", lab.gives("second")).lane("key")));
    FlowLab.until(second, "part", Phase.QUEUED);
    var third = lab.start(Cycle.of("3rd", c -> c.part("part", lab.gives("third")).lane("key")));
    FlowLab.until(third, "part", Phase.QUEUED);
    var other = lab.start(Cycle.of("4th", c -> c.part("part", lab.gives("other")).lane("other")));
    FlowLab.ended(other);
    mayEnd.countDown();
    FlowLab.ended(first);
    FlowLab.ended(second);
    FlowLab.ended(third);
    assertThat(lab.notes()).containsExactly("other", "first", "second", "third");
  }

  @Test
  @Covers("S18")
  void locks_partsOfDifferentRuns_excludeEachOther() throws Exception {
    var mayEnd = new CountDownLatch(1);
    Run<Done> first =
        lab.start(
            Cycle.of(
                "first",
                c ->
                    c.act(
                            "part",
                            () -> {
                              begun.countDown();
                              Patience.await(mayEnd);
                            })
                        .locks("b", "a")));
    Patience.await(begun);
    Run<Done> second =
        lab.start(Cycle.of("second", c -> c.part("part", lab.gives("second")).locks("a")));
    FlowLab.until(second, "part", Phase.QUEUED);
    assertThat(FlowLab.now(second, "part").why()).anyMatch(line -> line.contains("a"));
    mayEnd.countDown();
    FlowLab.ended(second);
    FlowLab.ended(first);
    assertSuccess(second, "part");
  }

  @Test
  @Covers({"S29", "S30"})
  void loopOn_aTopic_eachMessageIsTheInputOfAnIteration_oneAfterAnother() throws Exception {
    Topic<String> orders = Topic.of("orders", String.class);
    try (var bus = Bus.open()) {
      Cycle<String, Done> cycle =
          Cycle.define(
              "cycle",
              String.class,
              c -> {
                c.loopOn(bus, orders);
                c.act("part", lab::note, c.input());
                return c.nothing();
              });
      Run<Done> run = lab.flow.start(cycle, "not used");
      for (String message : List.of("one", "two", "three")) {
        bus.publish(orders, message);
      }
      Patience.until("all are handled", () -> run.progress().iterations() == 3);
      assertThat(lab.notes()).containsExactly("one", "two", "three");
      assertThat(run.isOver()).isFalse();
      run.stop();
      FlowLab.ended(run);
      assertThat(run.status()).isEqualTo(RunStatus.OK);
      var unheard = bus.publish(orders, "four");
      assertThat(unheard.event().await(Patience.LONG)).isTrue();
      assertThat(lab.notes()).hasSize(3);
    }
  }

  // ── sites ──

  /** A place elsewhere: takes what it is to do, and leaves the rest to the test. */
  private static final class Elsewhere implements Site {
    private final BlockingQueue<SiteCall> calls = new LinkedBlockingQueue<>();

    @Override
    public String name() {
      return "elsewhere";
    }

    @Override
    public void start(SiteCall call) {
      calls.add(call);
    }

    SiteCall next() throws InterruptedException {
      SiteCall call = calls.poll(Patience.LONG.toNanos(), TimeUnit.NANOSECONDS);
      if (call == null) {
        throw new AssertionError("nothing was started");
      }
      return call;
    }
  }

  private final Elsewhere site = new Elsewhere();

  private Run<String> elsewhere(OnError<String> policy) {
    return lab.start(
        Cycle.supply(
            "cycle",
            c ->
                c.part("part", (a, b) -> a + b, c.part("a", () -> "a"), c.part("b", () -> "b"))
                    .at(site)
                    .onError(policy)));
  }

  @Test
  @Covers("S18")
  void at_site_isGivenTheWorkAndItsInputs_andTellsTheValue() throws Exception {
    Run<String> run = elsewhere(OnError.cleanFail());
    SiteCall call = site.next();
    assertThat(call.inputs()).containsExactly("a", "b");
    assertThat(call.part()).isEqualTo("part");
    assertThat(call.attempt()).isEqualTo(1);
    assertThat(call.cancelled().status()).isEqualTo(EventStatus.PENDING);
    try (var workers = new Workers()) {
      workers.start(() -> assertThat(call.succeed(call.call() + " there")).isTrue());
    }
    FlowLab.ended(run);
    assertThat(run.output()).contains("ab there");
    assertThat(call.succeed("again")).isFalse();
    assertThat(call.fail(new Broken("again"))).isFalse();
    assertThat(call.cancelled().status()).isEqualTo(EventStatus.POISONED);
    assertThat(run.output()).contains("ab there");
  }

  @Test
  @Covers({"S18", "S34"})
  void at_siteTellsAFailure_itIsOneOfThePart_andTriedAgain() throws Exception {
    Run<String> run = elsewhere(OnError.retry(atOnce(2)));
    SiteCall first = site.next();
    assertThat(first.fail(new Broken("first"))).isTrue();
    SiteCall second = site.next();
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.idempotencyKey()).isEqualTo(first.idempotencyKey());
    assertThat(second.succeed("good")).isTrue();
    FlowLab.ended(run);
    assertThat(run.output()).contains("good");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S18")
  void at_siteThrows_isAFailureOfTheAttempt() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", lab.gives("part"))
                        .at(
                            new Site() {
                              @Override
                              public String name() {
                                return "broken";
                              }

                              @Override
                              public void start(SiteCall call) {
                                throw new Broken("site");
                              }
                            })));
    assertFailed(run, "part");
    assertThat(outcome(run, "part").failure().orElseThrow()).hasMessage("site");
  }

  @Test
  @Covers("S18")
  void at_siteTakesTooLong_isTold_andWhatItTellsLaterIsIgnored() throws Exception {
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> c.part("part", lab.gives("part")).at(site).attempt(Duration.ofMillis(1))));
    SiteCall call = site.next();
    FlowLab.ended(run);
    assertThat(outcome(run, "part").failure()).containsInstanceOf(PartTimeoutException.class);
    assertThat(call.isCancelled()).isTrue();
    assertThat(call.cancelled().await(Patience.LONG)).isTrue();
    assertThat(call.succeed("late")).isFalse();
    assertFailed(run, "part");
  }

  @Test
  @Covers({"S18", "S30"})
  void cancel_callAtASite_isTold() throws Exception {
    Run<String> run = elsewhere(OnError.cleanFail());
    SiteCall call = site.next();
    run.cancel();
    FlowLab.ended(run);
    assertThat(call.cancelled().await(Patience.LONG)).isTrue();
    assertThat(call.isCancelled()).isTrue();
    assertCancelled(run, "part");
  }

  @Test
  @Covers("S18")
  void at_sitesWork_isTheFunctionThatWasGiven() throws Exception {
    var seen = new ArrayList<Object>();
    var work = lab.gives("part");
    Run<Done> run = lab.start(Cycle.of("cycle", c -> c.part("part", work).at(site)));
    SiteCall call = site.next();
    seen.add(call.work());
    call.succeed("told");
    FlowLab.ended(run);
    assertThat(seen).containsExactly(work);
  }
}
