package dev.carillon.schedule;

import dev.carillon.event.CompletionListener;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import dev.carillon.event.Promise;
import dev.carillon.event.RawEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Takes tasks in: checks them, admits or rejects them, and lets them wait or arrive in a queue. */
final class Submission {
  private final LocalScheduler scheduler;
  private final SchedulerConfig config;
  private final EventSystem events;
  private final Capacity capacity;
  private final CostHistory costs;
  private final Counts counts;
  private final Urgency urgency;
  private final TaskTable tasks;
  private final AtomicLong numbers = new AtomicLong();

  Submission(
      LocalScheduler scheduler,
      Capacity capacity,
      CostHistory costs,
      Counts counts,
      Urgency urgency,
      TaskTable tasks) {
    this.scheduler = scheduler;
    this.config = scheduler.config();
    this.events = scheduler.events();
    this.capacity = capacity;
    this.costs = costs;
    this.counts = counts;
    this.urgency = urgency;
    this.tasks = tasks;
  }

  /** {@return the number of the next entry of any queue, in the order of submission} */
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  Event submit(TaskOptions options, Work work) {
    Pool pool = check(options);
    String name = options.name();
    RawEvents raw = events.raw(); // untraced: whoever drops a task's event loses nothing
    boolean isNamed = !name.equals(TaskOptions.DEFAULT.name());
    Event event = raw.event(isNamed ? raw.create(name) : raw.create());
    admit(options, pool, work, event, null);
    return event;
  }

  <T> Promise<T> call(TaskOptions options, Callable<? extends T> work) {
    Pool pool = check(options);
    Promise<T> promise = events.promise(options.name());
    admit(options, pool, work, promise.event(), promise);
    return promise;
  }

  /** {@return the pool that a task with these options runs on; null for its caller} */
  @Nullable Pool check(TaskOptions options) {
    Pool pool = scheduler.pool("task", options.name(), options.placement(), options.band());
    if (pool == null && options.key() != null) {
      throw new IllegalArgumentException(
          "a task on its caller cannot wait for its turn, so it must not have a key: key="
              + options.key());
    }
    if (!options.needs().isEmpty()) {
      options.needs().forEach(scheduler.broker()::check);
    }
    return pool;
  }

  private void admit(
      TaskOptions options,
      @Nullable Pool pool,
      Object work,
      Event event,
      @Nullable Promise<?> promise) {
    counts.submitted.increment();
    if (!capacity.tryTake() && !(mayWait() && capacity.take())) {
      reject(
          event,
          options,
          "no more tasks than the scheduler's capacity: capacity=" + config.capacity());
      return;
    }
    long now = scheduler.now();
    Duration relative = options.deadline();
    long deadline = relative == null ? Entry.NEVER : now + Nanos.ahead(relative);
    long cost =
        !options.cost().isZero() || deadline == Entry.NEVER
            ? Nanos.of(options.cost())
            : costs.median(options.name());
    int band = options.band().index();
    long wanted = deadline == Entry.NEVER ? scheduler.dueWithoutDeadline(now, band) : deadline;
    Shard shard = (pool == null ? scheduler.cpu() : pool).shardFor(options.key());
    long load = load(options, cost, deadline - now);
    if (!shard.admit(load, config.admission(), pool == null ? 1 : pool.threadsPerShard())) {
      capacity.giveBack();
      reject(
          event,
          options,
          "a queue must be able to finish what it admits: cost=%s, deadline=%s, bound=%s"
              .formatted(Duration.ofNanos(cost), relative, config.admission()));
      return;
    }
    var admitted =
        new TaskRun.Admitted(pool, shard, nextNumber(), now, deadline, wanted, band, cost, load);
    start(new TaskRun(scheduler, options, work, event, promise, admitted, predecessors(options)));
  }

  /** {@return whether the caller may wait for room} Not where that might need the caller itself. */
  private boolean mayWait() {
    return config.overflow() == Overflow.BLOCK
        && !scheduler.runner().isAtWork()
        && !scheduler.cpu().isInside();
  }

  private void reject(Event event, TaskOptions options, String reason) {
    counts.rejected.increment();
    event.tryPoison(new TaskRefusedException(options.name(), reason));
  }

  private static long load(TaskOptions options, long cost, long untilDeadline) {
    return options.deadline() == null || cost == 0
        ? 0
        : Math.max(1, (long) (Shard.LOAD_OF_ONE * ((double) cost / untilDeadline)));
  }

  private List<TaskRun> predecessors(TaskOptions options) {
    if (options.after().isEmpty()) {
      return List.of();
    }
    var known = new ArrayList<TaskRun>();
    for (Event event : options.after()) {
      TaskRun task = tasks.task(event);
      if (task != null) {
        known.add(task);
      }
    }
    return known;
  }

  private void start(TaskRun task) {
    tasks.put(task);
    try {
      listen(task);
    } catch (RuntimeException | Error e) { // no room for one more waiter, say
      scheduler.runner().fail(task, e);
      return;
    }
    if (task.options.after().isEmpty()) {
      arrive(task, task.submitted);
    }
  }

  private void listen(TaskRun task) {
    task.event.whenComplete(task);
    for (TaskRun predecessor : task.predecessors) {
      predecessor.addDependent();
      urgency.choose(predecessor);
    }
    urgency.chooseFirst(task);
    urgency.urgePredecessors(task);
    Duration timeout = task.options.timeout();
    if (timeout != null) {
      task.timeoutTimer = scheduler.schedule(timeout, () -> timeOut(task));
    }
    if (!scheduler.isOpen()) {
      task.event.tryPoison(LocalScheduler.CLOSED);
    }
    if (!task.options.after().isEmpty()) {
      awaitPreconditions(task);
    }
  }

  private static void timeOut(TaskRun task) {
    TaskPhase phase = task.phase;
    task.event.tryPoison(
        new TaskTimeoutException(
            "a task must end in time: task=%s, timeout=%s; it was waiting for %s"
                .formatted(task, task.options.timeout(), phase.waitsFor())));
  }

  private void awaitPreconditions(TaskRun task) {
    List<Event> after = task.options.after();
    Event ready = after.size() == 1 ? after.getFirst() : events.merge(after);
    task.precondition =
        ready.whenComplete(
            CompletionListener.completing(task.event, poison -> preconditionsMet(task, poison)));
    if (task.cancelled) { // perhaps before the registration was there to be found
      scheduler.letGo(task);
    }
  }

  private void preconditionsMet(TaskRun task, @Nullable Poison poison) {
    if (poison == null) {
      urgency.choose(task);
      arrive(task, scheduler.now());
    } else {
      scheduler.runner().failWith(task, poison);
    }
  }

  private void arrive(TaskRun task, long now) {
    if (task.pool == null) {
      scheduler.runner().picked(task, now);
    } else {
      task.enter(TaskPhase.QUEUED, now);
      task.pool.post(Shard.Message.ARRIVED, task);
    }
  }
}
