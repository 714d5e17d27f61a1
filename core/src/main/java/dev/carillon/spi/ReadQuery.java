package dev.carillon.spi;

import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a stream are read, in the order of their sequences.
 *
 * @param from the least sequence; what is no longer kept is passed over
 * @param since the earliest time; null for any
 * @param topics accepts the names of topics; it runs on the reading thread, under no lock
 * @param limit the most messages that are returned, at least 1
 */
public record ReadQuery(
    long from, @Nullable Instant since, Predicate<? super String> topics, int limit) {

  private static final int PAGE = 1000;

  /**
   * Checks the fields.
   *
   * @throws IllegalArgumentException if {@code from} is negative or {@code limit} below 1
   */
  public ReadQuery {
    Objects.requireNonNull(topics, "topics");
    if (from < 0) {
      throw new IllegalArgumentException("from must not be negative: from=" + from);
    }
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1: limit=" + limit);
    }
  }

  /**
   * {@return a query for up to 1 000 messages}
   *
   * @param sequence the least sequence; 0 or 1 for the beginning
   */
  public static ReadQuery from(long sequence) {
    return new ReadQuery(sequence, null, _ -> true, PAGE);
  }

  /**
   * {@return this query, but for messages of a time and later}
   *
   * @param time the earliest time
   */
  public ReadQuery since(Instant time) {
    return new ReadQuery(from, time, topics, limit);
  }

  /**
   * {@return this query, but for some topics}
   *
   * @param accepted accepts the names of topics
   */
  public ReadQuery topics(Predicate<? super String> accepted) {
    return new ReadQuery(from, since, accepted, limit);
  }

  /**
   * {@return this query, but for more or fewer messages}
   *
   * @param most how many are returned at most
   */
  public ReadQuery limit(int most) {
    return new ReadQuery(from, since, topics, most);
  }

  /**
   * {@return this query, but from another place}
   *
   * @param sequence the least sequence, as {@link Page#next} tells it
   */
  public ReadQuery next(long sequence) {
    return new ReadQuery(sequence, since, topics, limit);
  }
}
