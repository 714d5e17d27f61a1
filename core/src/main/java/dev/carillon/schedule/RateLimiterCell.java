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
   * Handing out is one CAS from the old `paid` to the new. The clock is read after `paid`: if the
   * CAS succeeds, `paid` was the same at that reading, which is when the permit was taken; if the
   * caller is refused, `paid` was no smaller then. Reading them the other way round could refuse
   * for lack of a time that has passed.
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
    long taken = take(0);
    return taken > 0
        ? GateCall.INDIFFERENT
        : new Admission.Refused(reason, Duration.ofNanos(-taken));
  }

  @Override
  public boolean acquire(Duration maxWait) throws InterruptedException {
    long taken = take(maxWait.isNegative() ? 0 : Math.min(Nanos.of(maxWait), LONGEST_WAIT));
    if (taken < 0) {
      return false;
    }
    long wait = taken - ahead - now();
    if (wait > 0) {
      try {
        clock.await(wait);
      } catch (InterruptedException e) {
        PAID.compareAndSet(this, taken, taken - cost);
        throw e;
      }
    }
    return true;
  }

  /**
   * Takes the next permit, if its time comes soon enough; else counts a refusal.
   *
   * @param most how long the caller would wait
   * @return until when the permit is paid for; or, negative, how long the caller would have to wait
   */
  private long take(long most) {
    while (true) {
      long before = paid;
      long now = now();
      long after = Math.max(before, now) + cost;
      long wait = after - now - ahead;
      if (wait > most) {
        refused.increment();
        return -wait;
      }
      if (PAID.compareAndSet(this, before, after)) {
        return after;
      }
    }
  }

  /** {@return the time since the origin} */
  private long now() {
    return clock.nanos() - origin;
  }

  @Override
  public int available() {
    long before = paid;
    long now = now();
    return (int) Math.max(0, (now + ahead - Math.max(before, now)) / cost);
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
