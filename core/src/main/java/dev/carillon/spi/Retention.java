package dev.carillon.spi;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much a stream keeps. The newest messages within the limits are always kept; a store may keep
 * some more than that, and says how many.
 *
 * @param maxMessages the most messages
 * @param maxBytes the most bytes, as the store counts them
 * @param maxAge how long a message is kept; null for ever. A stream looks at it when something is
 *     appended to it or read from it
 * @param whenFull what happens to a message that is one too many
 */
public record Retention(
    long maxMessages, long maxBytes, @Nullable Duration maxAge, WhenFull whenFull) {

  /** What happens when the number or the bytes reach the limit. */
  public enum WhenFull {
    /** The oldest messages go. */
    DROP_OLDEST,
    /** The new message is refused, until {@link MessageStream#truncateBefore} makes room. */
    REFUSE
  }

  /** No limit at all. */
  public static final Retention FOREVER =
      new Retention(Long.MAX_VALUE, Long.MAX_VALUE, null, WhenFull.DROP_OLDEST);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public Retention {
    Objects.requireNonNull(whenFull, "whenFull");
    if (maxMessages < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "maxMessages and maxBytes must be at least 1: maxMessages=%d, maxBytes=%d"
              .formatted(maxMessages, maxBytes));
    }
    if (maxAge != null && !maxAge.isPositive()) {
      throw new IllegalArgumentException("maxAge must be positive: maxAge=" + maxAge);
    }
  }

  /**
   * {@return this, with another limit to the number}
   *
   * @param most the most messages
   */
  public Retention messages(long most) {
    return new Retention(most, maxBytes, maxAge, whenFull);
  }

  /**
   * {@return this, with another limit to the bytes}
   *
   * @param most the most bytes
   */
  public Retention bytes(long most) {
    return new Retention(maxMessages, most, maxAge, whenFull);
  }

  /**
   * {@return this, with another limit to the age}
   *
   * @param most how long a message is kept; null for ever
   */
  public Retention age(@Nullable Duration most) {
    return new Retention(maxMessages, maxBytes, most, whenFull);
  }

  /**
   * {@return this, with another rule for what is one too many}
   *
   * @param rule what happens to it
   */
  public Retention whenFull(WhenFull rule) {
    return new Retention(maxMessages, maxBytes, maxAge, rule);
  }
}
