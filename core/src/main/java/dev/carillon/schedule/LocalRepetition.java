package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A repetition of a scheduler. */
final class LocalRepetition implements Repetition {
  /*
   * Timer, task, timer, task: each is started by the end of the one before, so there is one at a
   * time, and `occurrences` needs no lock. A step that follows within a step (a task that is over as
   * soon as it is submitted) is left to the one that is going on, so that the stack stays flat.
   *
   * Closing takes the timer off; if that comes too late, the step that runs sees `closed`.
   */
  private final LocalScheduler scheduler;
  private final TaskOptions options;
  private final Work work;
  private final Clock clock;
  private final Occurrences occurrences;
  private final Event ended;
  private final AtomicInteger steps = new AtomicInteger();

  // monotone
  private volatile boolean closed;

  // written by the steps, one after another; read by anyone
  private volatile long runs;
  private volatile long failed;
  private volatile long missed;
  private volatile @Nullable Poison lastFailure;

  private final Object lock = new Object();
  private @Nullable Timer timer; // guarded by lock

  // only the steps
  private long at;

  // written by a run's end; taken by the step it causes
  private boolean isOver;
  private @Nullable Poison outcome;

  LocalRepetition(LocalScheduler scheduler, TaskOptions options, Schedule schedule, Work work) {
    this.scheduler = scheduler;
    this.options = options;
    this.work = work;
    this.clock = scheduler.config().clock();
    this.occurrences = Occurrences.of(schedule, clock);
    this.ended = scheduler.events().newEvent("end of \"" + options.name() + "\"");
    this.at = occurrences.first();
  }

  /** Does what is due: called to start, by the timer, and by the end of a run. */
  void step() {
    if (steps.getAndIncrement() > 0) {
      return;
    }
    do {
      if (isOver) {
        isOver = false;
        count(outcome);
        at = occurrences.next(clock.nanos());
      }
      go();
    } while (steps.decrementAndGet() > 0);
  }

  private void go() {
    long now = clock.nanos();
    if (at - now <= 0 && !closed) {
      at = occurrences.wake(now);
      missed = occurrences.missed();
    }
    if (closed || at == Occurrences.NEVER) {
      ended.tryTrigger();
    } else if (at - now > 0) {
      await(at - now);
    } else {
      submit();
    }
  }

  private void await(long delay) {
    synchronized (lock) {
      timer = closed ? null : scheduler.schedule(Duration.ofNanos(delay), this::step);
      if (timer != null) {
        return;
      }
    }
    ended.tryTrigger();
  }

  private void submit() {
    Event run;
    try {
      run = scheduler.submit(options, work);
    } catch (IllegalStateException e) {
      if (scheduler.isOpen()) {
        throw e;
      }
      ended.tryTrigger();
      return;
    }
    run.whenComplete(poison -> {
      outcome = poison;
      isOver = true;
      step();
    });
  }

  private void count(@Nullable Poison poison) {
    long over = runs + 1;
    runs = over;
    if (poison != null) {
      long failures = failed + 1;
      failed = failures;
      lastFailure = poison;
    }
  }

  @Override
  public long runs() {
    return runs;
  }

  @Override
  public long failed() {
    return failed;
  }

  @Override
  public long missed() {
    return missed;
  }

  @Override
  public Optional<Poison> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  @Override
  public Event ended() {
    return ended;
  }

  @Override
  public void close() {
    boolean waited;
    synchronized (lock) {
      closed = true;
      waited = timer != null && timer.cancel();
    }
    if (waited) {
      ended.tryTrigger();
    }
  }
}
