package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Decides whether an attempt may begin now, and learns how it ended.
 *
 * <p>Gates compose by nesting, and the nesting is what one reads. From the outside in, this order
 * is the one to begin with:
 *
 * {@snippet :
 * var retry = Retry.of(r -> r.withMaxAttempts(3));
 * var breaker = CircuitBreaker.of("billing", c -> c);
 * var limiter = RateLimiter.of("billing", c -> c.withRate(50, Duration.ofSeconds(1)));
 * var bulkhead = Bulkhead.of("billing", 8);
 * String answer =
 *     retry.call(() -> breaker.call(() -> bulkhead.call(() -> limiter.call(() -> "42"))));
 * }
 *
 * <p>The retry is outermost, so that each attempt passes all gates again and nothing is held while
 * it waits. The breaker comes next: it refuses before anything is taken, and a refusal of the gates
 * inside tells it nothing about the service. The limiter is innermost, so that no rate is spent on
 * what is refused by another.
 *
 * <p>Implementations must be safe for use by any thread. Memory consistency effects are those of
 * the implementation; a gate promises none.
 */
@FunctionalInterface
public interface Gate {

  /**
   * {@return a {@link Admission.Pass} if an attempt may begin now, or why not}
   *
   * <p>Does not block. Who is given a pass owes it exactly one report.
   */
  Admission ask();

  /**
   * Calls {@code work} if this gate admits it now, and reports how it ended.
   *
   * <p>A {@link GateClosedException} or an {@link InterruptedException} of the work is reported as
   * {@linkplain Admission.Pass#cancelled() cancelled}: it says that the work was not tried, or that
   * nobody wants it any more. Anything else thrown is a failure.
   *
   * @param <T> what the work returns
   * @param work called at most once, on this thread
   * @return what {@code work} returned
   * @throws GateClosedException if the gate refuses
   * @throws Exception if {@code work} does
   */
  default <T> T call(Callable<? extends T> work) throws Exception {
    return GateCall.through(ask(), work);
  }

  /** The answer of a gate. */
  sealed interface Admission {

    /**
     * No.
     *
     * @param reason names the gate, the rule and the values
     * @param retryAfter how long the gate will refuse at the least; zero if that is not known
     */
    record Refused(String reason, Duration retryAfter) implements Admission {

      /**
       * Checks the duration.
       *
       * @throws IllegalArgumentException if {@code retryAfter} is negative
       */
      public Refused {
        Objects.requireNonNull(reason, "reason");
        if (retryAfter.isNegative()) {
          throw new IllegalArgumentException(
              "retryAfter must not be negative: retryAfter=" + retryAfter);
        }
      }
    }

    /**
     * Yes. Exactly one of the methods is to be called, once, when the attempt has truly ended: when
     * its thread has left, also if the outcome was fixed by a timeout before. Any thread may call.
     */
    non-sealed interface Pass extends Admission {

      /** The attempt did what it was to do. */
      void success();

      /**
       * The attempt failed.
       *
       * @param cause why
       */
      void failure(Throwable cause);

      /** The attempt ended in a way that says nothing about what it called, or never began. */
      void cancelled();
    }
  }
}
