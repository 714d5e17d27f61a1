package dev.carillon.schedule;

import java.util.Objects;
import java.util.function.Function;

/**
 * What a lane does with an item for which it has no room.
 *
 * @param <T> type of the items
 */
public sealed interface LaneOverflow<T> {

  /**
   * {@return the rule that the item is not taken} {@link Lane#offer} answers {@link Offer#FULL} and
   * {@link Lane#put} waits. The default.
   *
   * @param <T> type of the items
   */
  static <T> LaneOverflow<T> refuse() {
    return new Refuse<>();
  }

  /**
   * {@return the rule that what has waited longest gives way} An open lane accepts whatever it is
   * offered.
   *
   * @param <T> type of the items
   */
  static <T> LaneOverflow<T> dropOldest() {
    return new DropOldest<>();
  }

  /**
   * {@return the rule that of the items with one key only the latest waits} It replaces the one
   * that waits, and has its place. If there is none and no room, what has waited longest gives way.
   * An open lane accepts whatever it is offered.
   *
   * @param key tells what an item is about, not null; called by whoever offers, without a lock. The
   *     key's {@code equals} and {@code hashCode} are called under the lane's lock: they must be
   *     quick and must not throw
   * @param <T> type of the items
   */
  static <T> LaneOverflow<T> latest(Function<? super T, ?> key) {
    return new Latest<>(key);
  }

  /**
   * The item is not taken.
   *
   * @param <T> type of the items
   */
  record Refuse<T>() implements LaneOverflow<T> {}

  /**
   * What has waited longest gives way.
   *
   * @param <T> type of the items
   */
  record DropOldest<T>() implements LaneOverflow<T> {}

  /**
   * What waits with an equal key is replaced, else what has waited longest gives way.
   *
   * @param <T> type of the items
   * @param key tells what an item is about
   */
  record Latest<T>(Function<? super T, ?> key) implements LaneOverflow<T> {

    /** Checks that there is a key. */
    public Latest {
      Objects.requireNonNull(key, "key");
    }
  }
}
