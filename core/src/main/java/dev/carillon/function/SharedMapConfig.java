package dev.carillon.function;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a shared map in memory or in a file: immutable, changed by its methods.
 *
 * @param clock tells the time of changes, and when entries expire
 * @param ttl how long an entry is there if its writer does not say; null for ever
 * @param maxEntries how many entries there may be, 1 to 4,194,304
 * @param maxKeyBytes how long an encoded key may be, 1 to 65,535
 * @param maxValueBytes how long an encoded value may be, 1 to 16,777,216
 * @param maxBytes how many bytes all keys and values may have together, 1 to 268,435,456
 * @param history how many of the last changes are known to watchers that come later, 0 to
 *     1,048,576; they have a quarter of {@code maxBytes} at most
 * @param isForced whether a change of a map in a file is on the disk when its call returns, so that
 *     it outlives a loss of power; else it outlives the end of the process only
 */
public record SharedMapConfig(
    Clock clock,
    @Nullable Duration ttl,
    int maxEntries,
    int maxKeyBytes,
    int maxValueBytes,
    long maxBytes,
    int history,
    boolean isForced) {

  /**
   * The default settings: 65,536 entries of at most 1 KiB for the key and 1 MiB for the value, 64
   * MiB in all; they do not expire; 1,024 changes are known; forced.
   */
  public static final SharedMapConfig DEFAULT =
      new SharedMapConfig(Clock.system(), null, 65_536, 1 << 10, 1 << 20, 64L << 20, 1_024, true);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public SharedMapConfig {
    Objects.requireNonNull(clock, "clock");
    checkTtl(ttl);
    check("maxEntries", maxEntries, 1, 1 << 22);
    check("maxKeyBytes", maxKeyBytes, 1, 0xFFFF);
    check("maxValueBytes", maxValueBytes, 1, 1 << 24);
    check("maxBytes", maxBytes, 1, 256L << 20);
    check("history", history, 0, 1 << 20);
  }

  static void checkTtl(@Nullable Duration ttl) {
    if (ttl != null && !ttl.isPositive()) {
      throw new IllegalArgumentException("a time to live must be positive: ttl=" + ttl);
    }
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(name, least, most, name, value));
    }
  }

  /**
   * {@return these settings with another clock}
   *
   * @param other tells the time
   */
  public SharedMapConfig withClock(Clock other) {
    return new SharedMapConfig(
        other, ttl, maxEntries, maxKeyBytes, maxValueBytes, maxBytes, history, isForced);
  }

  /**
   * {@return these settings with another time to live}
   *
   * @param time how long an entry is there if its writer does not say; null for ever
   */
  public SharedMapConfig withTtl(@Nullable Duration time) {
    return new SharedMapConfig(
        clock, time, maxEntries, maxKeyBytes, maxValueBytes, maxBytes, history, isForced);
  }

  /**
   * {@return these settings with another bound}
   *
   * @param most entries, 1 to 4,194,304
   */
  public SharedMapConfig withMaxEntries(int most) {
    return new SharedMapConfig(
        clock, ttl, most, maxKeyBytes, maxValueBytes, maxBytes, history, isForced);
  }

  /**
   * {@return these settings with other bounds}
   *
   * @param key bytes of an encoded key, 1 to 65,535
   * @param value bytes of an encoded value, 1 to 16,777,216
   * @param all bytes of all keys and values together, 1 to 268,435,456
   */
  public SharedMapConfig withMaxBytes(int key, int value, long all) {
    return new SharedMapConfig(clock, ttl, maxEntries, key, value, all, history, isForced);
  }

  /**
   * {@return these settings with another number of known changes}
   *
   * @param changes how many, 0 to 1,048,576
   */
  public SharedMapConfig withHistory(int changes) {
    return new SharedMapConfig(
        clock, ttl, maxEntries, maxKeyBytes, maxValueBytes, maxBytes, changes, isForced);
  }

  /**
   * {@return these settings with another promise about a loss of power}
   *
   * @param forced whether a change of a map in a file is on the disk when its call returns
   */
  public SharedMapConfig forced(boolean forced) {
    return new SharedMapConfig(
        clock, ttl, maxEntries, maxKeyBytes, maxValueBytes, maxBytes, history, forced);
  }
}
