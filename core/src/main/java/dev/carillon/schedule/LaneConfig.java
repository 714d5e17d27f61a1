package dev.carillon.schedule;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Lane}: immutable, changed by {@code with} methods, checked when made.
 *
 * @param <T> type of the items
 * @param name shown by explanations
 * @param capacity the most items that wait, 1 to 2^24; where overflow refuses, rounded up to a
 *     power of two, at least 2
 * @param band the priority of its handler
 * @param placement where the handler runs
 * @param batchCount the most items in a batch
 * @param batchBytes the most bytes in a batch, a single larger item apart; by {@code weigher}
 * @param linger how long a batch that is not full may wait for more, as long as the handler was
 *     busy that recently; zero to take what is there
 * @param weigher tells the bytes of an item; null counts none
 * @param deadline tells how soon after being offered an item should have been handled, so that its
 *     batch does not linger beyond it; null for no such limit
 * @param overflow what happens with an item for which there is no room
 * @param timeout how long a call of the handler may take; null for no limit
 * @param listener told what becomes of items that are not seen through
 */
public record LaneConfig<T>(
    String name,
    int capacity,
    Band band,
    Placement placement,
    int batchCount,
    long batchBytes,
    Duration linger,
    @Nullable ToLongFunction<? super T> weigher,
    @Nullable Function<? super T, Duration> deadline,
    LaneOverflow<T> overflow,
    @Nullable Duration timeout,
    LaneListener<T> listener) {

  private static final int MOST = 1 << 24;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, or the name is blank
   */
  public LaneConfig {
    Checks.name(name);
    Objects.requireNonNull(band, "band");
    Objects.requireNonNull(placement, "placement");
    Objects.requireNonNull(overflow, "overflow");
    Objects.requireNonNull(listener, "listener");
    Checks.range("capacity", capacity, 1, MOST);
    Checks.range("batchCount", batchCount, 1, MOST);
    if (batchBytes < 1) {
      throw new IllegalArgumentException("batchBytes must be at least 1: batchBytes=" + batchBytes);
    }
    if (linger.isNegative()) {
      throw new IllegalArgumentException("linger must not be negative: linger=" + linger);
    }
    if (timeout != null) {
      Checks.positive("timeout", timeout);
    }
    if (placement.equals(Placement.CALLER)) {
      throw new IllegalArgumentException(
          "a lane needs a pool, as whoever offers does not wait: placement=" + placement);
    }
  }

  /** {@return the default settings: 1,024 items, batches of up to 256 of what is there, in LOW} */
  static <T> LaneConfig<T> defaults() {
    return new LaneConfig<>(
        "lane",
        1024,
        Band.LOW,
        Placement.CPU,
        256,
        Long.MAX_VALUE,
        Duration.ZERO,
        null,
        null,
        LaneOverflow.refuse(),
        null,
        LaneListener.none());
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown by explanations
   */
  public LaneConfig<T> named(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these settings with another capacity}
   *
   * @param newCapacity the most items that wait
   */
  public LaneConfig<T> withCapacity(int newCapacity) {
    return change(d -> d.capacity = newCapacity);
  }

  /**
   * {@return these settings with another band}
   *
   * @param newBand the handler's priority
   */
  public LaneConfig<T> band(Band newBand) {
    return change(d -> d.band = newBand);
  }

  /**
   * {@return these settings with another placement}
   *
   * @param newPlacement where the handler runs
   */
  public LaneConfig<T> on(Placement newPlacement) {
    return change(d -> d.placement = newPlacement);
  }

  /**
   * {@return these settings with larger or smaller batches}
   *
   * @param count the most items in a batch
   * @param newLinger how long a batch that is not full may wait for more
   */
  public LaneConfig<T> batches(int count, Duration newLinger) {
    return change(d -> {
      d.batchCount = count;
      d.linger = newLinger;
    });
  }

  /**
   * {@return these settings with a limit to the bytes of a batch}
   *
   * @param bytes the most in a batch
   * @param newWeigher tells the bytes of an item
   */
  public LaneConfig<T> batchBytes(long bytes, ToLongFunction<? super T> newWeigher) {
    return change(d -> {
      d.batchBytes = bytes;
      d.weigher = newWeigher;
    });
  }

  /**
   * {@return these settings with deadlines of the items}
   *
   * @param newDeadline tells how soon after being offered an item should have been handled
   */
  public LaneConfig<T> deadline(Function<? super T, Duration> newDeadline) {
    return change(d -> d.deadline = newDeadline);
  }

  /**
   * {@return these settings with another rule for what there is no room for}
   *
   * @param newOverflow what happens with such an item
   */
  public LaneConfig<T> withOverflow(LaneOverflow<T> newOverflow) {
    return change(d -> d.overflow = newOverflow);
  }

  /**
   * {@return these settings with a limit to the time of a call} When it has passed, the handler's
   * thread is interrupted. A call that has not returned within the scheduler's grace then is
   * abandoned: the lane goes on with the next batch on another thread, and nothing that the call
   * does later concerns the lane, but it keeps its thread until it ends. The pool makes up for that
   * thread; an executor of the user's own may not.
   *
   * @param newTimeout how long a call of the handler, with a whole batch, may take
   */
  public LaneConfig<T> withTimeout(Duration newTimeout) {
    return change(d -> d.timeout = newTimeout);
  }

  /**
   * {@return these settings with another listener}
   *
   * @param newListener told what becomes of items that are not seen through
   */
  public LaneConfig<T> withListener(LaneListener<T> newListener) {
    return change(d -> d.listener = newListener);
  }

  private LaneConfig<T> change(Consumer<Draft<T>> change) {
    var draft = new Draft<>(this);
    change.accept(draft);
    return new LaneConfig<>(
        draft.name,
        draft.capacity,
        draft.band,
        draft.placement,
        draft.batchCount,
        draft.batchBytes,
        draft.linger,
        draft.weigher,
        draft.deadline,
        draft.overflow,
        draft.timeout,
        draft.listener);
  }

  /** The same, while one of them is being changed. */
  private static final class Draft<T> {
    String name;
    int capacity;
    Band band;
    Placement placement;
    int batchCount;
    long batchBytes;
    Duration linger;
    @Nullable ToLongFunction<? super T> weigher;
    @Nullable Function<? super T, Duration> deadline;
    LaneOverflow<T> overflow;
    @Nullable Duration timeout;
    LaneListener<T> listener;

    Draft(LaneConfig<T> from) {
      name = from.name;
      capacity = from.capacity;
      band = from.band;
      placement = from.placement;
      batchCount = from.batchCount;
      batchBytes = from.batchBytes;
      linger = from.linger;
      weigher = from.weigher;
      deadline = from.deadline;
      overflow = from.overflow;
      timeout = from.timeout;
      listener = from.listener;
    }
  }
}
