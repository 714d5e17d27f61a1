package dev.carillon.bench;

import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * D: a thread wakes another and waits until that one wakes it. Both are platform threads or both
 * virtual ones. The partner is a daemon and stays behind when a fork ends.
 */
public class WakeUps {
  private static final String VIRTUAL = "both virtual";
  private static final String PLATFORM = "both platform";
  private static final String[] SUBJECTS = {
    "carillon", "park", "completableFuture", "transferQueue"
  };

  static final Group GROUP =
      Group.of(
          "D",
          "wake-up round trip",
          Group.Unit.US,
          "round trip",
          "carillon",
          List.of(
              Session.of(WakeUps.class, SUBJECTS).withMode(Mode.SampleTime).withVariant(PLATFORM),
              Session.of(WakeUps.class, SUBJECTS)
                  .withMode(Mode.SampleTime)
                  .withJvmArgs(
                      "-Djmh.executor=CUSTOM",
                      "-Djmh.executor.class=" + VirtualExecutor.class.getName())
                  .withVariant(VIRTUAL)),
          List.of(
              Goal.ratio("≤ 1.1 × park, both platform", 1.1, "carillon", "park", PLATFORM),
              Goal.time("≤ 0.7 µs, both virtual", 700, "carillon", VIRTUAL, 0)));

  /** The other thread: of the kind that the measured one is. */
  @State(Scope.Thread)
  public abstract static class Partner implements Runnable {
    Thread thread = Thread.currentThread();

    @Setup
    public void start() {
      var builder = Thread.currentThread().isVirtual() ? Thread.ofVirtual() : daemon();
      thread = builder.unstarted(this::serve);
      prepare();
      thread.start();
    }

    private static Thread.Builder daemon() {
      return Thread.ofPlatform().daemon();
    }

    private void serve() {
      while (true) {
        run();
      }
    }

    /** Makes what the first round needs. */
    void prepare() {}

    /** Answers once. */
    @Override
    public abstract void run();
  }

  /** Wakes by events, fresh ones for each round, which the one who begins makes. */
  public static class Events extends Partner {
    final EventSystem events = EventSystem.create();
    final RawEvents raw = events.raw();
    long ping; // of the beginner, triggered next
    long answered; // of the partner, awaited next
    long answer; // from here to the end published by ping
    long nextPing;

    @Override
    void prepare() {
      ping = raw.create();
      answered = ping;
    }

    @Override
    public void run() {
      try {
        raw.await(answered);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      answered = nextPing;
      raw.trigger(answer);
    }
  }

  /** Wakes by futures, fresh ones for each round, which the one who begins makes. */
  public static class Futures extends Partner {
    CompletableFuture<Void> ping = new CompletableFuture<>(); // of the beginner, completed next
    CompletableFuture<Void> answered = ping; // of the partner, awaited next
    CompletableFuture<Void> answer = ping; // from here to the end published by ping
    CompletableFuture<Void> nextPing = ping;

    @Override
    public void run() {
      answered.join();
      answered = nextPing;
      answer.complete(null);
    }
  }

  /** Wakes by permits. */
  public static class Permits extends Partner {
    volatile boolean asked;
    Thread beginner = Thread.currentThread(); // published by asked

    @Override
    public void run() {
      while (!asked) {
        LockSupport.park(this);
      }
      Thread waiting = beginner;
      asked = false;
      LockSupport.unpark(waiting);
    }
  }

  /** Wakes by queues. */
  public static class Queues extends Partner {
    final LinkedTransferQueue<Boolean> asked = new LinkedTransferQueue<>();
    final LinkedTransferQueue<Boolean> answered = new LinkedTransferQueue<>();

    @Override
    public void run() {
      try {
        answered.put(asked.take());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Benchmark
  @Subject("Carillon")
  public void carillon(Events partner) throws InterruptedException {
    long answer = partner.raw.create();
    long nextPing = partner.raw.create();
    long ping = partner.ping;
    partner.answer = answer;
    partner.nextPing = nextPing;
    partner.ping = nextPing;
    partner.raw.trigger(ping);
    partner.raw.await(answer);
  }

  @Benchmark
  @Subject("floor: park and unpark")
  public void park(Permits partner) {
    partner.beginner = Thread.currentThread();
    partner.asked = true;
    LockSupport.unpark(partner.thread);
    while (partner.asked) {
      LockSupport.park(partner);
    }
  }

  @Benchmark
  @Subject("CompletableFuture")
  public void completableFuture(Futures partner) {
    var answer = new CompletableFuture<Void>();
    var nextPing = new CompletableFuture<Void>();
    var ping = partner.ping;
    partner.answer = answer;
    partner.nextPing = nextPing;
    partner.ping = nextPing;
    ping.complete(null);
    answer.join();
  }

  @Benchmark
  @Subject("LinkedTransferQueue")
  public Boolean transferQueue(Queues partner) throws InterruptedException {
    partner.asked.put(Boolean.TRUE);
    return partner.answered.take();
  }
}
