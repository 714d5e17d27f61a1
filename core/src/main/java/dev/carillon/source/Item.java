package dev.carillon.source;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a source has taken in. Immutable as far as the payload is, changed by its methods.
 *
 * @param payload what it is
 * @param origin where it came from
 * @param headers what is known about this one besides, by name
 * @param time when it happened, as the source says; null if it does not
 * @param position where the source continues after this one; null if it has no positions
 * @param <T> type of the payload
 */
public record Item<T>(
    T payload,
    Origin origin,
    Map<String, String> headers,
    @Nullable Instant time,
    @Nullable String position) {

  /** Checks that nothing is missing, and copies the headers. */
  public Item {
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(origin, "origin");
    headers = Map.copyOf(headers);
  }

  /**
   * {@return this item with another origin}
   *
   * @param newOrigin where it came from
   */
  public Item<T> from(Origin newOrigin) {
    return new Item<>(payload, newOrigin, headers, time, position);
  }

  /**
   * {@return this item with a header, in place of one of that name}
   *
   * @param name its name
   * @param value its value
   */
  public Item<T> withHeader(String name, String value) {
    var more = new HashMap<>(headers);
    more.put(name, value);
    return new Item<>(payload, origin, more, time, position);
  }

  /**
   * {@return this item with headers, in place of those of the same names}
   *
   * @param added by name
   */
  public Item<T> withHeaders(Map<String, String> added) {
    var more = new HashMap<>(headers);
    more.putAll(added);
    return new Item<>(payload, origin, more, time, position);
  }

  /**
   * {@return this item with a time}
   *
   * @param when it happened
   */
  public Item<T> withTime(Instant when) {
    return new Item<>(payload, origin, headers, when, position);
  }

  /**
   * {@return this item with a position}
   *
   * @param next where the source continues after this one: a text that only the kind understands,
   *     of at most 65,536 characters
   */
  public Item<T> withPosition(String next) {
    return new Item<>(payload, origin, headers, time, next);
  }

  /** {@return all that is known about it, as headers of a message; see {@link Origin}} */
  public Map<String, String> allHeaders() {
    var all = new HashMap<String, String>();
    origin.addTo(all);
    all.putAll(headers);
    if (time != null) {
      all.put(Origin.TIME, time.toString());
    }
    if (position != null) {
      all.put(Origin.POSITION, position);
    }
    return Map.copyOf(all);
  }
}
