package dev.carillon.schedule;

import dev.carillon.build.Gen;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Random tasks on a scheduler, and what is done to them from outside. */
final class LeakProgram {
  static final List<String> LOCKS = List.of("a", "b", "c", "d");

  private final Gen gen;
  private final Scheduler scheduler;
  private final boolean onThreads;
  private final List<Event> tasks = new ArrayList<>();
  private final List<Event> preconditions = new ArrayList<>();

  LeakProgram(Gen gen, Scheduler scheduler, boolean onThreads) {
    this.gen = gen;
    this.scheduler = scheduler;
    this.onThreads = onThreads;
  }

  void submit() {
    TaskOptions options = options();
    Gen work = gen.split();
    tasks.add(
        gen.chance(0.5)
            ? scheduler.submit(options, () -> run(work))
            : scheduler.call(options, () -> run(work)).event());
  }

  private TaskOptions options() {
    TaskOptions options = TaskOptions.DEFAULT;
    if (gen.chance(0.4)) {
      options = options.needs("gpu", gen.longBetween(1, 3));
    }
    if (gen.chance(0.3)) {
      options = options.needs("ram", gen.longBetween(1, 2));
    }
    for (String lock : LOCKS) {
      options = gen.chance(0.2) ? options.locks(lock) : options;
    }
    options = placed(options);
    if (gen.chance(0.2)) {
      options = options.after(precondition());
    }
    if (gen.chance(0.2)) {
      options = options.timeout(some());
    }
    if (gen.chance(0.2)) {
      options = options.attemptTimeout(some());
    }
    if (gen.chance(0.3)) {
      options = options.deadline(some()).late(gen.oneOf(Late.values()));
    }
    if (gen.chance(0.4)) {
      Backoff backoff = Backoff.fixed(some());
      options = options.retry(Retry.of(r -> r.withMaxAttempts(3).withBackoff(backoff)));
    }
    if (gen.chance(0.3)) {
      options = options.through(gate(gen.split())).through(gate(gen.split()));
    }
    if (gen.chance(0.3)) {
      boolean fails = gen.chance(0.5);
      options =
          options.undoneBy(cause -> {
            if (fails) {
              throw new IllegalStateException("the compensation fails");
            }
          });
    }
    return gen.chance(0.3) ? options.high() : options;
  }

  private TaskOptions placed(TaskOptions options) {
    if (gen.chance(0.1)) {
      return options.on(Placement.CALLER);
    }
    TaskOptions placed = onThreads && gen.chance(0.4) ? options.on(Placement.BLOCKING) : options;
    return gen.chance(0.3) ? placed.key(gen.oneOf("x", "y")) : placed;
  }

  private Duration some() {
    return onThreads
        ? Duration.ofNanos(gen.longBetween(1, 5_000_000))
        : Duration.ofMillis(gen.intBetween(1, 3_000));
  }

  private Event precondition() {
    if (!tasks.isEmpty() && gen.chance(0.5)) {
      return gen.oneOf(tasks);
    }
    Event made = scheduler.events().newEvent();
    preconditions.add(made);
    return made;
  }

  private static Gate gate(Gen gen) {
    return () ->
        chance(gen, 0.3)
            ? new Gate.Admission.Refused("made up", Duration.ofMillis(1))
            : new Gate.Admission.Pass() {
              @Override
              public void success() {
                throw new IllegalStateException("a gate that fails when told");
              }

              @Override
              public void failure(Throwable cause) {}

              @Override
              public void cancelled() {}
            };
  }

  private static boolean chance(Gen gen, double probability) {
    synchronized (gen) {
      return gen.chance(probability);
    }
  }

  private String run(Gen work) throws Exception {
    if (chance(work, 0.3)) {
      takeALock(LOCKS.get(chance(work, 0.5) ? 0 : 3), chance(work, 0.5), chance(work, 0.5));
    }
    if (onThreads && chance(work, 0.3)) {
      LockSupport.parkNanos(300_000);
    }
    if (chance(work, 0.3)) {
      throw new IllegalStateException("fails");
    }
    if (chance(work, 0.05)) {
      throw new AssertionError("fails badly");
    }
    return chance(work, 0.9) ? "done" : null;
  }

  private void takeALock(String id, boolean close, boolean ordered) throws Exception {
    Duration most = onThreads ? Duration.ofMillis(1) : Duration.ZERO;
    Locks locks = scheduler.locks();
    Optional<LockLease> lease =
        ordered ? locks.acquire(id, most) : locks.acquireInAnyOrder(id, most);
    if (close) {
      lease.ifPresent(LockLease::close); // else it is taken back with the attempt
    }
  }

  /** Does something to what was submitted. */
  void interfere() {
    if (tasks.isEmpty()) {
      return;
    }
    Event task = gen.oneOf(tasks);
    switch (gen.intBetween(0, 5)) {
      case 0, 1 -> task.tryPoison("cancelled");
      case 2 -> task.tryTrigger();
      case 3 -> scheduler.expedite(task, Band.HIGH, some());
      case 4 -> scheduler.explain(task);
      default -> {
        if (!preconditions.isEmpty()) {
          Event one = gen.oneOf(preconditions);
          one.tryPoison("a precondition fails");
        }
      }
    }
  }

  void completePreconditions() {
    preconditions.forEach(Event::tryTrigger);
  }

  void check() {
    ManualScheduler.assertNothingHeld(scheduler);
    LeakProgramTest.assertComplete(tasks);
  }
}
