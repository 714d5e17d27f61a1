package dev.carillon.bus;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A link in the chain that messages pass on their way: before they are given to subscriptions, or
 * around the handler of each. It may change a message, add to it, swallow it, or look on.
 */
@FunctionalInterface
public interface Middleware {

  /** The rest of the chain. */
  @FunctionalInterface
  interface Next {

    /**
     * Hands a message on.
     *
     * @param message the message, or another on the same topic
     * @return the message that came out at the end; null if it was swallowed
     * @throws Exception if a later link fails, or the handler at the end does
     */
    @Nullable Message<?> handle(Message<?> message) throws Exception;
  }

  /**
   * Sees a message, on the publisher's thread or on that of the handler; no lock is held.
   *
   * @param message the message
   * @param next the rest of the chain, to be called at most once
   * @return what {@code next} has returned; null to swallow the message, which is counted and told
   *     as {@link Outcome.Filtered}
   * @throws Exception if the message must not pass: then this publishing fails, or this handling
   */
  @Nullable Message<?> handle(Message<?> message, Next next) throws Exception;

  /**
   * {@return a middleware that hands each message to an asynchronous one and, once that is done, on
   * to the rest of the chain} The thread waits meanwhile, the publisher's or the handler's, so
   * messages keep their order.
   *
   * @param middleware looks messages over
   * @param timeout how long it may take; then the message does not pass, by a {@link
   *     java.util.concurrent.TimeoutException}
   * @throws IllegalArgumentException if the timeout is not positive
   */
  static Middleware async(AsyncMiddleware middleware, Duration timeout) {
    Objects.requireNonNull(middleware, "middleware");
    Checks.positive("timeout", timeout);
    return (message, next) -> {
      Message<?> passed = Stages.await(middleware.handle(message), timeout);
      return passed == null ? null : next.handle(passed);
    };
  }
}
