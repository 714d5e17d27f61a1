package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/** The direct handlings of one message, one after another on its publisher's thread. */
final class Round implements Here {
  /*
   * The round is bound once for all of its handlers. Which of them has its turn is written here, and
   * a handling is made only if that handler, or somebody who looks, asks for it.
   */
  private final Message<?> message;
  private final @Nullable Handling before;
  private final int maxDepth;
  private final long since;
  private final Thread thread = Thread.currentThread();

  // only the thread
  private int settled; // deliveries that need no further word

  // written by the thread; read racily by who looks
  private @Nullable LocalSubscription<?> turn;
  private @Nullable Handling made;

  Round(Message<?> message, @Nullable Handling before, int maxDepth, long since) {
    this.message = message;
    this.before = before;
    this.maxDepth = maxDepth;
    this.since = since;
  }

  void enter(LocalSubscription<?> subscription) {
    turn = subscription;
  }

  void leave() {
    turn = null;
  }

  /** Notes that the outcome of one handling is known to the delivery. */
  void settled() {
    settled++;
  }

  int allSettled() {
    return settled;
  }

  @Override
  public @Nullable Handling handling() {
    LocalSubscription<?> now = turn;
    return now == null ? before : of(now);
  }

  /** {@return the handling of a subscription, if it has its turn; for who looks} */
  @Nullable Handling at(LocalSubscription<?> subscription) {
    return subscription.equals(turn) ? of(subscription) : null;
  }

  private Handling of(LocalSubscription<?> subscription) {
    Handling known = made;
    if (known == null || !known.subscription().equals(subscription)) {
      known = Handling.of(message, subscription, before, maxDepth, thread, since);
      made = known;
    }
    return known;
  }
}
