package dev.carillon.bus;

import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of the history: immutable, changed by its methods.
 *
 * @param topics of which topics
 * @param since published then or later; null for any
 * @param until published before; null for any
 * @param filter which of them
 * @param limit how many at most: the newest
 */
public record HistoryQuery(
    TopicPattern topics,
    @Nullable Instant since,
    @Nullable Instant until,
    Predicate<? super Message<?>> filter,
    int limit) {

  /** All messages. */
  public static final HistoryQuery ALL =
      new HistoryQuery(TopicPattern.of(">"), null, null, message -> true, Integer.MAX_VALUE);

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public HistoryQuery {
    Objects.requireNonNull(topics, "topics");
    Objects.requireNonNull(filter, "filter");
    if (limit < 0) {
      throw new IllegalArgumentException("limit must not be negative: limit=" + limit);
    }
  }

  /**
   * {@return this query for other topics}
   *
   * @param pattern of their names
   */
  public HistoryQuery topics(String pattern) {
    return new HistoryQuery(TopicPattern.of(pattern), since, until, filter, limit);
  }

  /**
   * {@return this query from another time on}
   *
   * @param from published then or later
   */
  public HistoryQuery since(Instant from) {
    return new HistoryQuery(topics, from, until, filter, limit);
  }

  /**
   * {@return this query up to another time}
   *
   * @param to published before
   */
  public HistoryQuery until(Instant to) {
    return new HistoryQuery(topics, since, to, filter, limit);
  }

  /**
   * {@return this query for fewer messages}
   *
   * @param which those that are wanted, of those that were before
   */
  public HistoryQuery where(Predicate<? super Message<?>> which) {
    Predicate<? super Message<?>> before = filter;
    return new HistoryQuery(topics, since, until, m -> before.test(m) && which.test(m), limit);
  }

  /**
   * {@return this query with another limit}
   *
   * @param newest how many at most
   */
  public HistoryQuery limit(int newest) {
    return new HistoryQuery(topics, since, until, filter, newest);
  }

  /** {@return whether a message is wanted, as far as that does not need the user's filter} */
  boolean covers(Message<?> message) {
    return topics.matchesValid(message.topic().name())
        && (since == null || !message.time().isBefore(since))
        && (until == null || message.time().isBefore(until));
  }
}
