package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Runs of one name with a journal in memory, and parts that can be held. */
final class JournalLab implements AutoCloseable {
  static final String RUN = "nightly";
  static final Key<Long> SUM = Key.ofRun("sum", Long.class, 0L);

  final MessageStore store = Stores.inMemory();
  final Scheduler scheduler = Scheduler.open();
  final Flow flow = Flow.on(scheduler);
  final List<String> done = new CopyOnWriteArrayList<>();
  final CountDownLatch isHeld = new CountDownLatch(1);
  private final AtomicBoolean holds = new AtomicBoolean(true);

  @Override
  public void close() {
    flow.close();
    scheduler.close();
    store.close();
  }

  static Journal journal(MessageStore in) {
    return Journal.in(in, BinaryCodec.of(c -> c));
  }

  <I, O> Run<O> start(Cycle<I, O> cycle, I input) {
    return flow.start(cycle, input, o -> o.journaled(RUN, journal(store)));
  }

  /** Waits for ever, the first time. */
  void hold() throws InterruptedException {
    if (holds.compareAndSet(true, false)) {
      isHeld.countDown();
      new CountDownLatch(1).await();
    }
  }

  /** Cancels a run once it is held. */
  void cancelHeld(Run<?> run) throws InterruptedException {
    Patience.await(isHeld);
    run.cancel();
    assertThat(run.await()).isEqualTo(RunStatus.CANCELLED);
  }

  /** A cycle that sums up its input, and is held before it does so in some iteration. */
  Cycle<Long, Long> summing(Loop loop, Predicate<PartContext> isHeldIn) {
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

  Cycle<Long, Long> summing(Loop loop) {
    return summing(loop, _ -> false);
  }

  /** Notes what a part gives: {@return that} */
  long noted(PartContext at, long value) {
    done.add(at.idempotencyKey() + "=" + value);
    return value;
  }
}
