package dev.carillon.bench;

import dev.carillon.Carillon;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Lane;
import dev.carillon.schedule.Schedule;
import dev.carillon.schedule.Scheduler;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * What waits in an idle process, once some work is done: pending events with listeners, virtual
 * threads, timers an hour and more ahead, tasks with preconditions, something that happens daily.
 */
final class IdleWork {
  /** The threads of peers are named so, to be told from the JVM's. */
  static final String PEER = "peer";

  private static final int WORK = 100_000;
  private static final int LANES = 4;
  private static final int EVENTS = 10_000;
  private static final int WAITING = 100;
  private static final int TIMERS = 1_000;
  private static final Duration HOUR = Duration.ofHours(1);

  private IdleWork() {}

  /** {@return what keeps all of it reachable} */
  static List<Object> carillon() throws InterruptedException {
    Carillon node = Carillon.open();
    EventSystem events = node.events();
    Scheduler scheduler = node.scheduler();
    var kept = new ArrayList<Object>(List.of(node));
    for (int i = 0; i < LANES; i++) {
      String name = "lane " + i;
      Lane<Integer> lane = scheduler.lane(c -> c.named(name), batch -> {});
      for (int item = 0; item < WORK; item++) {
        lane.put(item);
      }
      lane.handled().await();
      kept.add(lane);
    }
    for (int i = 0; i < WORK; i++) {
      scheduler.submit(() -> {}).await();
    }
    for (int i = 0; i < EVENTS; i++) {
      Event event = events.newEvent();
      event.whenComplete(poison -> {});
      kept.add(event);
    }
    Event never = events.newEvent();
    for (int i = 0; i < WAITING; i++) {
      kept.add(Thread.startVirtualThread(() -> waitFor(never::await)));
      kept.add(scheduler.submit(t -> t.after(never), () -> {}));
    }
    for (int i = 0; i < TIMERS; i++) {
      kept.add(events.after(HOUR.plusSeconds(i)));
    }
    kept.add(scheduler.repeat(t -> t, Schedule.cron("0 0 3 * * *", ZoneOffset.UTC), () -> {}));
    return kept;
  }

  /** {@return as {@link #carillon}, of what the JDK has} */
  static List<Object> futures() throws InterruptedException {
    ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(named("timers"));
    List<Object> kept =
        futures((delay, task) -> timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
    kept.add(timers.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.DAYS));
    return kept;
  }

  /** {@return as {@link #futures}, with timers of Netty's} */
  static List<Object> netty(Duration tick) throws InterruptedException {
    var wheel = new HashedWheelTimer(named("timers"), tick.toMillis(), TimeUnit.MILLISECONDS);
    List<Object> kept =
        futures((delay, task) ->
            wheel.newTimeout(timeout -> task.run(), delay.toNanos(), TimeUnit.NANOSECONDS));
    kept.add(wheel.newTimeout(timeout -> {}, 1, TimeUnit.DAYS));
    return kept;
  }

  private static List<Object> futures(BiConsumer<Duration, Runnable> timers)
      throws InterruptedException {
    var pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), named("pool"));
    var kept = new ArrayList<Object>(List.of(pool, timers));
    for (int i = 0; i < LANES; i++) {
      for (int item = 0; item < WORK; item++) {
        pool.execute(() -> {});
      }
    }
    for (int i = 0; i < WORK; i++) {
      CompletableFuture.runAsync(() -> {}, pool).join();
    }
    for (int i = 0; i < EVENTS; i++) {
      var future = new CompletableFuture<Void>();
      future.thenRun(() -> {});
      kept.add(future);
    }
    var never = new CompletableFuture<Void>();
    for (int i = 0; i < WAITING; i++) {
      kept.add(Thread.startVirtualThread(() -> waitFor(never::get)));
      kept.add(never.thenRunAsync(() -> {}, pool));
    }
    for (int i = 0; i < TIMERS; i++) {
      var due = new CompletableFuture<Void>();
      timers.accept(HOUR.plusSeconds(i), () -> due.complete(null));
      kept.add(due);
    }
    return kept;
  }

  private static ThreadFactory named(String what) {
    var number = new AtomicInteger();
    return task -> new Thread(task, PEER + "-" + what + "-" + number.getAndIncrement());
  }

  /** Waiting that can be interrupted, or fail. */
  private interface Waiting {
    void go() throws Exception;
  }

  private static void waitFor(Waiting waiting) {
    try {
      waiting.go();
    } catch (Exception e) {
      throw new IllegalStateException("nothing must happen while the process is idle", e);
    }
  }
}
