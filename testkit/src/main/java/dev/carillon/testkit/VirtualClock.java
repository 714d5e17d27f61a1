package dev.carillon.testkit;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until a test moves it.
 *
 * {@snippet :
 * var clock = new VirtualClock();
 * try (var events = EventSystem.create(c -> c.withClock(clock))) {
 *   Event reminder = events.after(Duration.ofDays(30));
 *   clock.advance(Duration.ofDays(30));
 *   assertThat(reminder).isTriggered();
 * }
 * }
 *
 * <p>Alarms ring on the thread that calls {@link #advance}, one after another in the order of their
 * deadlines, and each finds the clock at its deadline. So all that time causes has happened when
 * {@code advance} returns, except what was handed to other threads.
 *
 * <p>Safe for use by any thread.
 */
public final class VirtualClock implements Clock {
  private final Instant start;
  private final Object lock = new Object();

  // guarded by lock
  private long nanos;
  private long settings; // how often an alarm was set, which orders alarms of one deadline
  private final List<VirtualAlarm> alarms = new ArrayList<>(); // those that are set
  private @Nullable Thread advancing;

  /** Makes a clock that stands at the beginning of the year 2000, UTC. */
  public VirtualClock() {
    this(Instant.parse("2000-01-01T00:00:00Z"));
  }

  /**
   * Makes a clock.
   *
   * @param start the wall-clock time at which it stands
   */
  public VirtualClock(Instant start) {
    this.start = Objects.requireNonNull(start, "start");
  }

  /**
   * Moves time forward and rings the alarms whose deadlines come, also those that are set by others
   * as they ring, again and again if one sets itself to a time that has come. If another thread is
   * moving the clock, waits for its turn. If an alarm's task throws, the clock stands at that
   * alarm's deadline, and moving it further is possible.
   *
   * @param by how far; zero rings what is due already
   * @throws IllegalArgumentException if {@code by} is negative, or moves the clock further than
   *     2^63 ns (292 years) from its start
   * @throws IllegalStateException if called by something that the clock's alarms ran
   */
  public void advance(Duration by) {
    advance(by, () -> {});
  }

  /** Moves time forward, and does something after each alarm has rung. */
  void advance(Duration by, Runnable afterEach) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("a clock never goes back: by=" + by);
    }
    long target = begin(by);
    try {
      VirtualAlarm due = nextDue(target);
      while (due != null) {
        due.ring();
        afterEach.run();
        due = nextDue(target);
      }
    } finally {
      synchronized (lock) {
        advancing = null;
        lock.notifyAll();
      }
    }
  }

  /** {@return how long it is until the next alarm that is set, or a limit if that comes first} */
  Duration untilNextAlarm(Duration limit) {
    synchronized (lock) {
      long least = limit.toNanos();
      for (VirtualAlarm alarm : alarms) {
        least = Math.min(least, Math.max(0, alarm.deadline - nanos));
      }
      return Duration.ofNanos(least);
    }
  }

  private long begin(Duration by) {
    synchronized (lock) {
      if (Thread.currentThread().equals(advancing)) {
        throw new IllegalStateException(
            "an alarm must not move the clock that rings it: now=" + now());
      }
      boolean interrupted = false;
      while (advancing != null) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      long target = after(by);
      advancing = Thread.currentThread();
      return target;
    }
  }

  private long after(Duration by) {
    try {
      return Math.addExact(nanos, by.toNanos());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "a clock must stay below 2^63 ns from its start: now=" + nanos + " ns, by=" + by, e);
    }
  }

  /** {@return the next alarm to ring, no longer set, with time moved to its deadline} */
  private @Nullable VirtualAlarm nextDue(long target) {
    synchronized (lock) {
      VirtualAlarm first = null;
      for (VirtualAlarm alarm : alarms) {
        if (alarm.deadline <= target && (first == null || alarm.isBefore(first))) {
          first = alarm;
        }
      }
      nanos = first == null ? target : Math.max(nanos, first.deadline);
      if (first != null) {
        alarms.remove(first);
        first.ringing = true;
      }
      return first;
    }
  }

  /** {@return how many alarms are set} */
  public int alarms() {
    synchronized (lock) {
      return alarms.size();
    }
  }

  @Override
  public long nanos() {
    synchronized (lock) {
      return nanos;
    }
  }

  @Override
  public Instant now() {
    return start.plusNanos(nanos());
  }

  /** {@return an alarm that rings when the clock is moved to its deadline; it needs no thread} */
  @Override
  public Alarm alarm(String name, Runnable ring) {
    return new VirtualAlarm(name, ring);
  }

  @Override
  public String toString() {
    return "VirtualClock[" + now() + "]";
  }

  private final class VirtualAlarm implements Alarm {
    private final String name;
    private final Runnable task;

    // guarded by lock
    private long deadline;
    private long setting;
    private boolean ringing;
    private boolean closed;

    VirtualAlarm(String name, Runnable task) {
      this.name = name;
      this.task = task;
    }

    boolean isBefore(VirtualAlarm other) {
      return deadline == other.deadline ? setting < other.setting : deadline < other.deadline;
    }

    void ring() {
      try {
        task.run();
      } finally {
        synchronized (lock) {
          ringing = false;
          lock.notifyAll();
        }
      }
    }

    @Override
    public void set(long newDeadline) {
      synchronized (lock) {
        alarms.remove(this);
        if (!closed && newDeadline != NEVER) {
          deadline = newDeadline;
          setting = settings++;
          alarms.add(this);
        }
      }
    }

    @Override
    public void close() {
      synchronized (lock) {
        closed = true;
        alarms.remove(this);
        boolean interrupted = false;
        while (ringing && !Thread.currentThread().equals(advancing)) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public String toString() {
      return "alarm " + name;
    }
  }
}
