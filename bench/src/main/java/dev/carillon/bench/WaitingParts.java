package dev.carillon.bench;

import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.flow.Sync;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** G3: how much heap parts of a cycle take that all wait at the same time, in a thread or not. */
final class WaitingParts {
  private static final int MOST = 100_000;
  private static final int WARM_UPS = 10;
  private static final int WARM_UP = 10_000;
  private static final int MIB = 1 << 20;
  private static final List<String> JVM_ARGS = List.of("-XX:+UseSerialGC", "-Xms2g", "-Xmx2g");

  static final Group GROUP =
      Group.of(
          "G3",
          "cycle: heap of parts that wait, with their plan",
          Group.Unit.NS,
          "part",
          "blocked",
          List.of(
              probe("blocked", "Carillon, on virtual threads").withSizes(10_000, MOST),
              probe("gated", "Carillon, at a gate").withSizes(10_000, MOST),
              probe("threads", "bare virtual threads").withSizes(10_000, MOST)),
          List.of(Goal.bytes("≤ 400 MiB for 100 000", 400.0 * MIB / MOST, "blocked", MOST)));

  private WaitingParts() {}

  private static HeapProbe probe(String kind, String subject) {
    return HeapProbe.of(WaitingParts.class, kind, subject).withJvmArgs(JVM_ARGS);
  }

  /** Parts that wait for something, or would. */
  private interface Waiting {
    void begin() throws InterruptedException;

    void end() throws InterruptedException;
  }

  /** A run, all of whose parts wait: in the semaphore, or for it by way of one that does. */
  private static final class Parts implements Waiting {
    private final String[] names;
    private final Sync sync;
    private final int atOnce;
    private final Semaphore semaphore = new Semaphore(0);
    private final Scheduler scheduler = Scheduler.open(c -> c.withBlockingLimit(1 << 20));
    private final Flow flow = Flow.on(scheduler);
    private @Nullable Run<Done> run; // once it has begun

    Parts(int count, Sync sync, int atOnce) {
      this.names = IntStream.range(0, count).mapToObj(i -> "p" + i).toArray(String[]::new);
      this.sync = sync;
      this.atOnce = atOnce;
    }

    @Override
    public void begin() throws InterruptedException {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "waiting",
              c -> {
                c.sync(sync);
                for (String name : names) {
                  c.act(name, semaphore::acquire).on(Placement.BLOCKING);
                }
              });
      Run<Done> started = flow.start(cycle);
      run = started;
      awaitThreads(semaphore, atOnce);
      while (queued(started) < names.length - atOnce) {
        Thread.sleep(100);
      }
    }

    private static long queued(Run<?> run) {
      return run.explain().parts().stream().filter(part -> part.phase() == Phase.QUEUED).count();
    }

    @Override
    public void end() throws InterruptedException {
      semaphore.release(names.length);
      if (run != null) {
        run.await();
      }
      flow.close();
      scheduler.close();
    }
  }

  private static final class Threads implements Waiting {
    private final int count;
    private final Semaphore semaphore = new Semaphore(0);
    private final List<Thread> threads;

    Threads(int count) {
      this.count = count;
      this.threads = new ArrayList<>(count);
    }

    @Override
    public void begin() throws InterruptedException {
      for (int i = 0; i < count; i++) {
        threads.add(Thread.startVirtualThread(semaphore::acquireUninterruptibly));
      }
      awaitThreads(semaphore, count);
    }

    @Override
    public void end() throws InterruptedException {
      semaphore.release(count);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void awaitThreads(Semaphore semaphore, int count) throws InterruptedException {
    while (semaphore.getQueueLength() < count) {
      Thread.sleep(1);
    }
  }

  private static Waiting of(String kind, int count) {
    return switch (kind) {
      case "blocked" -> new Parts(count, Sync.parallel(), count);
      case "gated" -> new Parts(count, Sync.parallel().maxConcurrent(1), 1);
      case "threads" -> new Threads(count);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static void begin(Waiting waiting) {
    try {
      waiting.begin();
    } catch (InterruptedException e) {
      throw new BenchmarkException("interrupted while parts begin to wait", e);
    }
  }

  /** Prints the bytes of heap for each of so many parts, args[1], that wait in a way, args[0]. */
  public static void main(String[] args) throws InterruptedException {
    int count = Integer.parseInt(args[1]);
    for (int i = 0; i < WARM_UPS; i++) { // frames of code that is not compiled yet are larger
      Waiting before = of(args[0], WARM_UP);
      begin(before);
      before.end();
    }
    Waiting waiting = of(args[0], count);
    System.out.println(HeapProbe.held(waiting, () -> begin(waiting)) / count);
    waiting.end();
  }
}
