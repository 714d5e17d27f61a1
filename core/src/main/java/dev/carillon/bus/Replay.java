package dev.carillon.bus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What of the history a subscription hears before what is published from now on, without gap or
 * duplicate between.
 *
 * @param since published then or later; null for any
 * @param last so many of the newest of each log; null for all
 */
public record Replay(@Nullable Instant since, @Nullable Integer last) {

  /** Checks the number. */
  public Replay {
    if (last != null && last < 0) {
      throw new IllegalArgumentException("last must not be negative: last=" + last);
    }
  }

  /** {@return all that is kept} */
  public static Replay all() {
    return new Replay(null, null);
  }

  /**
   * {@return what is kept since some time}
   *
   * @param from published then or later
   */
  public static Replay since(Instant from) {
    return new Replay(from, null);
  }

  /**
   * {@return the newest that are kept}
   *
   * @param count how many
   */
  public static Replay last(int count) {
    return new Replay(null, count);
  }
}
