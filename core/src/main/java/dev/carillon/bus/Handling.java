package dev.carillon.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message being handled at a subscription, and what led to it.
 *
 * @param message the message
 * @param subscription whose handler it is
 * @param before the handling in which the message was published; null if it was in none
 * @param depth how many handlings led to this one
 * @param thread on which the handler runs
 * @param since when it began, by the clock of the bus
 */
record Handling(
    Message<?> message,
    LocalSubscription<?> subscription,
    @Nullable Handling before,
    int depth,
    Thread thread,
    long since)
    implements Here {

  /** What the calling thread is at. */
  static final ScopedValue<Here> CURRENT = ScopedValue.newInstance();

  static @Nullable Handling current() {
    return CURRENT.isBound() ? CURRENT.get().handling() : null;
  }

  @Override
  public Handling handling() {
    return this;
  }

  /**
   * {@return the handling of a message} What led to it is kept as far as it is looked at, since a
   * message that is not refused may go round for ever. One that was made elsewhere brings its hops
   * along, so that circles through other buses end, too.
   */
  static Handling of(
      Message<?> message,
      LocalSubscription<?> subscription,
      @Nullable Handling before,
      int maxDepth,
      Thread thread,
      long since) {
    if (before == null) {
      int depth = message.hops(); // more than 0 if a store has kept it
      return new Handling(message, subscription, null, depth, thread, since);
    }
    int depth = Math.max(before.nextDepth(), message.hops());
    Handling kept =
        depth <= maxDepth
            ? before
            : new Handling(
                before.message,
                before.subscription,
                null,
                before.depth,
                before.thread,
                before.since);
    return new Handling(message, subscription, kept, depth, thread, since);
  }

  /** {@return how many handlings led to a message that is published from here} */
  int nextDepth() {
    return depth == Integer.MAX_VALUE ? depth : depth + 1;
  }

  /** {@return why a message must not be published from here; empty if it may} */
  Optional<String> circle(BusConfig config) {
    if (nextDepth() > config.maxCausalDepth()) {
      return Optional.of(
          "a message must not be led to by more handlers than maxCausalDepth=%d: %s"
              .formatted(config.maxCausalDepth(), way()));
    }
    int repeats = 0;
    for (Handling each = this; each != null; each = each.before) {
      if (isAlike(each)) {
        repeats++;
      }
    }
    return repeats <= config.maxRepeats()
        ? Optional.empty()
        : Optional.of(
            "a handler must not lead to itself more often than maxRepeats=%d: %s"
                .formatted(config.maxRepeats(), way()));
  }

  private boolean isAlike(Handling other) {
    return subscription.equals(other.subscription)
        && message.topic().name().equals(other.message.topic().name());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other; // what led here is long, and each handling is one of its own
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** {@return the topics and handlers that led here, the first first} */
  private String way() {
    List<String> steps = new ArrayList<>();
    for (Handling each = this; each != null; each = each.before) {
      steps.add("%s at %s".formatted(each.message.topic().name(), each.subscription.name()));
    }
    Collections.reverse(steps);
    return String.join(" > ", steps);
  }
}
