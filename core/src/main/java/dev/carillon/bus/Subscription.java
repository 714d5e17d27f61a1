package dev.carillon.bus;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A handler that is bound to a pattern of topics. Safe for use by any thread. */
public sealed interface Subscription extends AutoCloseable permits LocalSubscription {

  /** {@return its name} */
  String name();

  /** {@return what it matches} */
  TopicPattern pattern();

  /** {@return the component it belongs to, or null} */
  @Nullable String owner();

  /** Hands nothing to the handler until {@link #resume}; messages wait. Idempotent. */
  void pause();

  /** Goes on after {@link #pause}. Idempotent. */
  void resume();

  /** {@return whether it is open} */
  boolean isOpen();

  /** {@return how it is doing} */
  SubscriptionHealth health();

  /** {@return what it has done and holds} */
  Stats stats();

  /**
   * Takes no further messages. Those that wait are still handled, except those that wait in the
   * bus's store, see {@link SubscriptionOptions#spill}: they stay there. A handler may close its
   * own subscription. Idempotent.
   */
  @Override
  void close();

  /**
   * What a subscription has done and holds; read one after another, so sums may be off by what is
   * under way.
   *
   * @param queued messages that wait, in the bus's store too
   * @param handled messages handled
   * @param filtered messages that its filter did not let pass
   * @param dropped messages thrown away
   * @param refused messages refused to the publisher, or for being disabled
   * @param spilled messages that were put into the bus's store, for want of room
   * @param failed messages whose handling failed for good
   * @param timedOut messages whose handling took too long, also counted as failed
   * @param retried further attempts
   * @param meanTime how long handling took on average; zero before the first, and for direct
   *     handlers, which are not timed
   * @param disabled whether it is disabled for too many failures
   * @param paused whether it is paused
   */
  record Stats(
      int queued,
      long handled,
      long filtered,
      long dropped,
      long refused,
      long spilled,
      long failed,
      long timedOut,
      long retried,
      Duration meanTime,
      boolean disabled,
      boolean paused) {}
}
