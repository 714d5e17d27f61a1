package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** A rate limiter on one long: the generic cell rate algorithm of ATM networks (ITU-T I.371). */
final class RateLimiterCell implements RateLimiter {
  /*
   * `paid` is the time until which all permits that were handed out are paid for, each costing
   * `cost` nanoseconds from then or from now, whichever is later. It may lie ahead of now by up to
   * `ahead` = burst * cost. What lies behind now is a pause, and earns nothing beyond a full burst.
   * Handing out is one CAS from the old `paid` to the new; a reading of the clock that was overtaken
   * by another's CAS is only smaller, so it never admits too much.
   *
   * acquire takes the next permit even if it lies further ahead, and waits until it does not. Times
   * are counted from the origin, so they start at 0 and never wrap.
   */
  private static final VarHandle PAID;

  /** A century, so that with a burst of another one no sum overflows. */
  private static final long LONGEST_WAIT = Duration.ofDays(36_525).toNanos();

  static {
    try {
      PAID = MethodHandles.lookup().findVarHandle(RateLimiterCell.class, "paid", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RateLimiterConfig config;
  private final Clock clock;
  private final long origin;
  private final long cost;
  private final long ahead;
  private final String reason;
  private final LongAdder refused = new LongAdder();

  private volatile long paid; // see above

  RateLimiterCell(RateLimiterConfig config) {
    this.config = config;
    this.clock = config.clock();
    this.origin = clock.nanos();
    this.cost = config.nanosPerPermit();
    this.ahead = cost * config.burst();
    this.reason =
        "rate limiter \"%s\" admits %d per %s, and %d at once"
            .formatted(config.name(), config.permits(), config.period(), config.burst());
  }

  @Override
  public Admission ask() {
    long now = clock.nanos() - origin;
    long wait = waitOf(take(now, 0), now);
    return wait <= 0 ? GateCall.INDIFFERENT : new Admission.Refused(reason, Duration.ofNanos(wait));
  }

  @Override
  public boolean acquire(Duration maxWait) throws InterruptedException {
    long most = maxWait.isNegative() ? 0 : Math.min(GateTimes.nanos(maxWait), LONGEST_WAIT);
    long now = clock.nanos() - origin;
    long taken = take(now, most);
    long wait = waitOf(taken, now);
    if (wait > most) {
      return false;
    }
    if (wait > 0) {
      try {
        GateTimes.await(clock, wait - (clock.nanos() - origin - now));
      } catch (InterruptedException e) {
        PAID.compareAndSet(this, taken, taken - cost);
        throw e;
      }
    }
    return true;
  }

  /**
   * Takes a permit, if its time comes soon enough; else counts a refusal.
   *
   * @param now the time
   * @param most how long the caller would wait
   * @return until when the permit is paid for, or would have been
   */
  private long take(long now, long most) {
    while (true) {
      long before = paid;
      long after = Math.max(before, now) + cost;
      if (waitOf(after, now) > most) {
        refused.increment();
        return after;
      }
      if (PAID.compareAndSet(this, before, after)) {
        return after;
      }
    }
  }

  /** {@return how long one has to wait for the permit that is paid for until then} */
  private long waitOf(long paidUntil, long now) {
    return paidUntil - now - ahead;
  }

  @Override
  public int available() {
    long now = clock.nanos() - origin;
    return (int) Math.max(0, (now + ahead - Math.max(paid, now)) / cost);
  }

  @Override
  public RateLimiterConfig config() {
    return config;
  }

  @Override
  public long refused() {
    return refused.sum();
  }

  @Override
  public String toString() {
    return "RateLimiter[%s, %d available]".formatted(config.name(), available());
  }
}
