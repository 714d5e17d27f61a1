package dev.carillon.store;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a store in files: immutable, changed by {@code with} methods, checked when made.
 *
 * @param name shown in the name of its thread
 * @param clock tells the time of appending, the age of messages and how long a group gathers
 * @param segmentBytes the size of a file, 4 096 to 2^30; no message can be larger
 * @param sync when files are forced to stable storage
 * @param gather how long a group gathers; zero unless {@code sync} is {@link Sync#GROUP}
 * @param maxInFlight the most bytes that wait to be forced, in one stream; an append of more is
 *     taken when nothing else waits
 * @param whenBusy what happens to an append beyond that
 * @param threads makes the thread that forces what nobody waits for; null for a daemon
 */
public record SegmentConfig(
    String name,
    Clock clock,
    int segmentBytes,
    Sync sync,
    Duration gather,
    long maxInFlight,
    WhenBusy whenBusy,
    @Nullable ThreadFactory threads) {

  /** When files are forced to stable storage. */
  public enum Sync {
    /** Never: the operating system writes them when it likes. The store proves {@code MEMORY}. */
    NONE,
    /** As soon as an append asks for it; those that ask meanwhile share the next time. */
    EVERY_APPEND,
    /** A while after an append asks for it, so that more can share it. */
    GROUP
  }

  /** What happens to an append when too much waits. */
  public enum WhenBusy {
    /** It waits for room. */
    BLOCK,
    /** It is answered {@code FULL}. */
    REFUSE
  }

  private static final int LEAST_SEGMENT = 1 << 12;
  private static final int MOST_SEGMENT = 1 << 30;

  /** The default settings. */
  public static final SegmentConfig DEFAULT =
      new SegmentConfig(
          "store",
          Clock.system(),
          1 << 24,
          Sync.EVERY_APPEND,
          Duration.ZERO,
          1 << 26,
          WhenBusy.BLOCK,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, the name is blank, or {@code
   *     gather} does not fit {@code sync}
   */
  public SegmentConfig {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(sync, "sync");
    Objects.requireNonNull(whenBusy, "whenBusy");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
    if (segmentBytes < LEAST_SEGMENT || segmentBytes > MOST_SEGMENT) {
      throw new IllegalArgumentException(
          "segmentBytes must be %d to %d: segmentBytes=%d"
              .formatted(LEAST_SEGMENT, MOST_SEGMENT, segmentBytes));
    }
    if (maxInFlight < 1) {
      throw new IllegalArgumentException(
          "maxInFlight must be at least 1: maxInFlight=" + maxInFlight);
    }
    if (gather.isNegative() || gather.isPositive() != (sync == Sync.GROUP)) {
      throw new IllegalArgumentException(
          "gather must be positive with sync=GROUP and zero otherwise: gather=%s, sync=%s"
              .formatted(gather, sync));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown in the name of the store's thread
   */
  public SegmentConfig withName(String newName) {
    return new SegmentConfig(
        newName, clock, segmentBytes, sync, gather, maxInFlight, whenBusy, threads);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock what the store takes for time
   */
  public SegmentConfig withClock(Clock newClock) {
    return new SegmentConfig(
        name, newClock, segmentBytes, sync, gather, maxInFlight, whenBusy, threads);
  }

  /**
   * {@return these settings with another size of files}
   *
   * @param bytes 4 096 to 2^30
   */
  public SegmentConfig withSegmentBytes(int bytes) {
    return new SegmentConfig(name, clock, bytes, sync, gather, maxInFlight, whenBusy, threads);
  }

  /**
   * {@return these settings, forcing files never or as soon as an append asks for it}
   *
   * @param newSync {@link Sync#NONE} or {@link Sync#EVERY_APPEND}; for groups see {@link
   *     #withGroups}
   */
  public SegmentConfig withSync(Sync newSync) {
    return new SegmentConfig(
        name, clock, segmentBytes, newSync, Duration.ZERO, maxInFlight, whenBusy, threads);
  }

  /**
   * {@return these settings, forcing files for groups of appends}
   *
   * @param newGather how long the first of a group waits for others
   */
  public SegmentConfig withGroups(Duration newGather) {
    return new SegmentConfig(
        name, clock, segmentBytes, Sync.GROUP, newGather, maxInFlight, whenBusy, threads);
  }

  /**
   * {@return these settings with another bound on what waits to be forced}
   *
   * @param bytes the most, in one stream
   * @param rule what happens to an append beyond that
   */
  public SegmentConfig withInFlight(long bytes, WhenBusy rule) {
    return new SegmentConfig(name, clock, segmentBytes, sync, gather, bytes, rule, threads);
  }

  /**
   * {@return these settings with another maker of threads}
   *
   * @param factory makes the thread that forces what nobody waits for; null for a daemon
   */
  public SegmentConfig withThreads(@Nullable ThreadFactory factory) {
    return new SegmentConfig(
        name, clock, segmentBytes, sync, gather, maxInFlight, whenBusy, factory);
  }
}
