package dev.carillon.time;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Timers on one wheel and one alarm. */
final class WheelTimers implements Timers {
  /*
   * The lock guards the wheel and `armed`, the tick the alarm is set for. Adding a timer to a bucket
   * that begins before `armed` sets the alarm anew; cancelling never does, an alarm that finds
   * nothing due just sets itself again. Due timers leave the wheel under the lock and run outside it. Only the alarm
   * runs them, and an alarm never rings twice at once, so they run one after another.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.time");

  private static final long UNREAD = -1;

  private final Clock clock;
  private final Clock.Alarm alarm;
  final long origin; // what the wheel calls 0

  private final Object lock = new Object();
  // guarded by lock
  private final TimerWheel wheel = new TimerWheel(this);
  private long armed = Long.MAX_VALUE;
  private boolean closed;

  WheelTimers(Clock clock, String name) {
    this.clock = clock;
    this.origin = clock.nanos();
    this.alarm = clock.alarm(name, this::ring);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Objects.requireNonNull(task, "task");
    long elapsed = clock.nanos() - origin;
    long due = saturatedAdd(elapsed, Math.max(0, saturatedNanos(delay)));
    var timer = new WheelTimer(this, origin + due, task);
    if (!add(timer, elapsed)) {
      throw new IllegalStateException("timers must be open to schedule a task: delay=" + delay);
    }
    return timer;
  }

  @Override
  public Timer scheduleAt(long deadline, Runnable task) {
    var timer = new WheelTimer(this, deadline, Objects.requireNonNull(task, "task"));
    if (!add(timer, UNREAD)) {
      throw new IllegalStateException(
          "timers must be open to schedule a task: deadline=" + deadline);
    }
    return timer;
  }

  /**
   * Adds a timer unless these timers are closed.
   *
   * @param elapsed the time since the origin, or UNREAD: only an empty wheel needs it
   */
  private boolean add(WheelTimer timer, long elapsed) {
    synchronized (lock) {
      if (closed) {
        return false;
      }
      if (wheel.size() == 0) {
        long now = elapsed == UNREAD ? clock.nanos() - origin : elapsed;
        wheel.skipTo(Math.max(now / TICK_NANOS, wheel.now()));
      }
      arm(wheel.add(timer));
      return true;
    }
  }

  boolean cancel(WheelTimer timer) {
    synchronized (lock) {
      return wheel.remove(timer);
    }
  }

  /** Sets the alarm if the wheel has something to do before it; the lock is held. */
  private void arm(long next) {
    if (next < armed) {
      armed = next;
      long at = origin + saturatedTicks(next);
      alarm.set(at == Clock.Alarm.NEVER ? at + 1 : at); // later by a nanosecond, and not never
    }
  }

  private void ring() {
    long tick = (clock.nanos() - origin) / TICK_NANOS;
    while (true) {
      WheelTimer due;
      synchronized (lock) {
        armed = Long.MAX_VALUE;
        due = nextDue(tick);
        if (due == null) {
          arm(wheel.nextTick());
          return;
        }
      }
      while (due != null) {
        WheelTimer next = due.next;
        due.next = null;
        run(due.task);
        due = next;
      }
    }
  }

  /** {@return the first timers due up to a tick, or null with the wheel moved there} */
  private @Nullable WheelTimer nextDue(long tick) {
    while (!closed) {
      long next = wheel.nextTick();
      if (next > tick) {
        wheel.skipTo(Math.max(tick, wheel.now()));
        return null;
      }
      WheelTimer due = wheel.advance(next);
      if (due != null) {
        return due;
      }
    }
    return null;
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) { // an Error must not end the only thread that runs timers
      LOG.log(System.Logger.Level.ERROR, "a timer's task failed; the others go on", e);
    }
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public int pending() {
    synchronized (lock) {
      return closed ? 0 : wheel.size();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    alarm.close();
  }

  private static long saturatedNanos(Duration delay) {
    try {
      return delay.toNanos();
    } catch (ArithmeticException e) {
      return delay.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  private static long saturatedAdd(long a, long b) {
    // half the range is left free, so that a deadline stays after now in nanoTime's arithmetic
    return Math.min(a + Math.min(b, Long.MAX_VALUE / 2), Long.MAX_VALUE / 2 + a / 2);
  }

  private static long saturatedTicks(long tick) {
    return tick > Long.MAX_VALUE / TICK_NANOS ? Long.MAX_VALUE / 2 : tick * TICK_NANOS;
  }
}
