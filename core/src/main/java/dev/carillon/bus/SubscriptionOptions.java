package dev.carillon.bus;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Retention;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription handles its messages: immutable, changed by its methods, checked when made.
 *
 * @param name shown by outcomes, statistics and explanations; null for the pattern and a number
 * @param owner the component that it belongs to, see {@link Bus#unsubscribeOwner}; null for none
 * @param isDirect whether the handler runs on the publisher's thread, before publishing returns
 * @param concurrency how many messages are handled at once; 1 keeps them in order
 * @param key messages with equal keys are handled in order, one at a time; null for no keys
 * @param placement where the handler runs
 * @param executor where the handler runs instead; null for the placement
 * @param capacity how many messages may wait, 1 to 2^24; one of a lane is rounded up to a power of
 *     two unless {@code whenFull} drops the oldest
 * @param whenFull what happens to one more
 * @param blockAtMost how long a publisher waits for room, with {@link WhenFull#BLOCK}, before the
 *     message is refused; null for ever
 * @param conflation the key of which only the newest message waits, with {@link WhenFull#LATEST}
 * @param batchCount the most messages of a batch, 1 to 2^24; 0 for a handler of single messages
 * @param linger how long a batch that is not full waits for more
 * @param band the handler's priority
 * @param deadline how soon a message should be handled, for the order within the band; null for no
 *     such wish
 * @param timeout how long handling one message may take, before the handler is interrupted and then
 *     abandoned; null for ever. A direct handler is its publisher's business and has no limit.
 * @param onError what happens when the handler fails
 * @param filter which messages are wanted; called on the publisher's thread
 * @param spill how much may wait in the bus's store, with {@link WhenFull#SPILL}
 * @param replay what of the history is heard first; null for nothing
 * @param <T> type of the payloads
 */
public record SubscriptionOptions<T>(
    @Nullable String name,
    @Nullable String owner,
    boolean isDirect,
    int concurrency,
    @Nullable Function<? super Message<T>, ?> key,
    Placement placement,
    @Nullable Executor executor,
    int capacity,
    WhenFull whenFull,
    @Nullable Duration blockAtMost,
    @Nullable Function<? super Message<T>, ?> conflation,
    int batchCount,
    Duration linger,
    Band band,
    @Nullable Duration deadline,
    @Nullable Duration timeout,
    OnError onError,
    @Nullable Predicate<? super Message<T>> filter,
    Retention spill,
    @Nullable Replay replay) {

  private static final Retention SPILL =
      Retention.FOREVER.bytes(1L << 30).whenFull(Retention.WhenFull.REFUSE);
  private static final int MOST = 1 << 24;
  private static final int MOST_AT_ONCE = 1 << 16;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, or two settings contradict
   *     each other
   */
  public SubscriptionOptions {
    Objects.requireNonNull(placement, "placement");
    Objects.requireNonNull(whenFull, "whenFull");
    Objects.requireNonNull(band, "band");
    Objects.requireNonNull(onError, "onError");
    Checks.range("concurrency", concurrency, 1, MOST_AT_ONCE);
    Checks.range("capacity", capacity, 1, MOST);
    if (name != null) {
      Checks.name(name);
    }
    if (timeout != null) {
      Checks.positive("timeout", timeout);
    }
    if (blockAtMost != null) {
      Checks.positive("blockAtMost", blockAtMost);
    }
    if (isDirect && (concurrency > 1 || key != null || executor != null)) {
      throw new IllegalArgumentException(
          "a direct handler runs on its publisher's thread, so it must have no concurrency, key or"
              + " executor: concurrency=%d key=%s executor=%s"
                  .formatted(concurrency, key != null, executor != null));
    }
    Checks.range("batchCount", batchCount, 0, MOST);
    if (linger.isNegative()) {
      throw new IllegalArgumentException("linger must not be negative: linger=" + linger);
    }
    if (batchCount > 0 && (isDirect || concurrency > 1 || key != null)) {
      throw new IllegalArgumentException(
          "batches are handled one at a time, from a queue, so a subscription that has them must not"
              + " be direct, concurrent or keyed: batchCount=%d direct=%s concurrency=%d key=%s"
                  .formatted(batchCount, isDirect, concurrency, key != null));
    }
    if (spill.whenFull() != Retention.WhenFull.REFUSE || spill.maxAge() != null) {
      throw new IllegalArgumentException(
          "what is spilled must not be dropped, neither for being old nor for being too much:"
              + " spill="
              + spill);
    }
    if (isDirect && whenFull == WhenFull.SPILL) {
      throw new IllegalArgumentException(
          "a direct handler must not spill, as nothing waits for it: whenFull=" + whenFull);
    }
    if (whenFull == WhenFull.LATEST != (conflation != null)) {
      throw new IllegalArgumentException(
          "LATEST and a key to conflate by must be set together: whenFull=%s conflation=%s"
              .formatted(whenFull, conflation != null));
    }
  }

  /**
   * {@return the default options: one message at a time on a virtual thread, 1,024 may wait and
   * then the publisher does, 30 s for each}
   *
   * @param <T> type of the payloads
   */
  static <T> SubscriptionOptions<T> defaults(BusConfig bus) {
    return new SubscriptionOptions<>(
        null,
        null,
        false,
        1,
        null,
        Placement.BLOCKING,
        null,
        1024,
        WhenFull.BLOCK,
        bus.timeout(),
        null,
        0,
        Duration.ZERO,
        Band.LOW,
        null,
        bus.timeout(),
        OnError.DEFAULT,
        null,
        SPILL,
        null);
  }

  /**
   * {@return these options with a name}
   *
   * @param newName shown by outcomes, statistics and explanations
   */
  public SubscriptionOptions<T> named(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these options for a component}
   *
   * @param component all subscriptions of which can be closed together
   */
  public SubscriptionOptions<T> owner(String component) {
    return change(d -> d.owner = component);
  }

  /** {@return these options, on the publisher's thread} */
  public SubscriptionOptions<T> direct() {
    return change(d -> d.isDirect = true);
  }

  /**
   * {@return these options, in no order}
   *
   * @param most how many messages are handled at once
   */
  public SubscriptionOptions<T> concurrent(int most) {
    return change(d -> d.concurrency = most);
  }

  /**
   * {@return these options, in order for each key, keys at once}
   *
   * @param newKey finds a message's key, on the thread that takes it from the lane
   * @param most how many messages are handled at once
   */
  public SubscriptionOptions<T> orderedBy(Function<? super Message<T>, ?> newKey, int most) {
    return change(d -> {
      d.key = newKey;
      d.concurrency = most;
    });
  }

  /**
   * {@return these options, with the handler elsewhere}
   *
   * @param newPlacement a pool of the scheduler
   */
  public SubscriptionOptions<T> on(Placement newPlacement) {
    return change(d -> d.placement = newPlacement);
  }

  /**
   * {@return these options, with the handler on an executor}
   *
   * @param newExecutor runs the handler; it is not closed
   */
  public SubscriptionOptions<T> on(Executor newExecutor) {
    return change(d -> d.executor = newExecutor);
  }

  /**
   * {@return these options with another bound}
   *
   * @param most how many messages may wait
   * @param newWhenFull what happens to one more
   */
  public SubscriptionOptions<T> capacity(int most, WhenFull newWhenFull) {
    return change(d -> {
      d.capacity = most;
      d.whenFull = newWhenFull;
    });
  }

  /**
   * {@return these options, with only the newest message of each key waiting}
   *
   * @param newConflation finds a message's key, on the publisher's thread
   */
  public SubscriptionOptions<T> latest(Function<? super Message<T>, ?> newConflation) {
    return change(d -> {
      d.whenFull = WhenFull.LATEST;
      d.conflation = newConflation;
    });
  }

  /**
   * {@return these options, with what there is no room for waiting in the bus's store} It waits in
   * a stream called {@code spill-} and the subscription's name, up to 1 GiB if nothing else is
   * said; what would be more is refused to its publisher. The outcome is {@link Outcome.Spilled},
   * and the delivery does not wait for the handling.
   *
   * <p>All messages after one that was spilled go to the store as well, until it is drained, so
   * each publisher's order is kept. What the store holds when the subscription or the bus is closed
   * stays there, and is handled first when a subscription of that name is opened. A message leaves
   * the store when it is dealt with: after a crash up to 512 messages more than the lane has room
   * for may come again, and none is missing that the store has kept, see {@link
   * dev.carillon.spi.Durability#MEMORY}.
   *
   * @param limits changes how much may wait there: {@code r -> r.messages(1_000_000)}
   */
  public SubscriptionOptions<T> spill(UnaryOperator<Retention> limits) {
    return change(d -> {
      d.whenFull = WhenFull.SPILL;
      d.spill = limits.apply(d.spill);
    });
  }

  /** {@return these options in the HIGH band} */
  public SubscriptionOptions<T> high() {
    return change(d -> d.band = Band.HIGH);
  }

  /**
   * {@return these options in another band}
   *
   * @param newBand the handler's priority
   */
  public SubscriptionOptions<T> band(Band newBand) {
    return change(d -> d.band = newBand);
  }

  /**
   * {@return these options with a deadline}
   *
   * @param fromPublication how soon a message should be handled
   */
  public SubscriptionOptions<T> deadline(Duration fromPublication) {
    return change(d -> d.deadline = fromPublication);
  }

  /**
   * {@return these options with another limit}
   *
   * @param each how long handling one message may take; null for ever
   */
  public SubscriptionOptions<T> timeout(@Nullable Duration each) {
    return change(d -> d.timeout = each);
  }

  /**
   * {@return these options with another way to go on after failures}
   *
   * @param changed {@code e -> e.propagate()}
   */
  public SubscriptionOptions<T> onError(Function<? super OnError, OnError> changed) {
    return change(d -> d.onError = changed.apply(onError));
  }

  /**
   * {@return these options for some messages only}
   *
   * @param which those that are wanted; with another filter before, both must agree
   */
  public SubscriptionOptions<T> filter(Predicate<? super Message<T>> which) {
    Predicate<? super Message<T>> before = filter;
    return change(d ->
        d.filter = before == null ? which : message -> before.test(message) && which.test(message));
  }

  /**
   * {@return these options, with history first}
   *
   * @param from what of it; topics whose messages the bus does not keep have none
   */
  public SubscriptionOptions<T> replay(Replay from) {
    return change(d -> d.replay = from);
  }

  /**
   * {@return these options, with batches} For a {@link BatchHandler} only. A batch is what waits,
   * up to the count; one that is not full waits for more, unless nothing came for as long before.
   *
   * @param count the most messages of a batch
   * @param newLinger how long one that is not full waits; zero for not at all
   */
  public SubscriptionOptions<T> batched(int count, Duration newLinger) {
    Checks.range("count", count, 1, MOST);
    return change(d -> {
      d.batchCount = count;
      d.linger = newLinger;
    });
  }

  /**
   * {@return these options with another limit to waiting for room} Without one, publishers wait as
   * long as handlers may take, see {@link BusConfig#timeout}.
   *
   * @param most how long a publisher waits at most, before its message is refused; null for ever
   */
  public SubscriptionOptions<T> blockAtMost(@Nullable Duration most) {
    return change(d -> d.blockAtMost = most);
  }

  private SubscriptionOptions<T> change(Consumer<Draft<T>> change) {
    var draft = new Draft<T>(this);
    change.accept(draft);
    return new SubscriptionOptions<>(
        draft.name,
        draft.owner,
        draft.isDirect,
        draft.concurrency,
        draft.key,
        draft.placement,
        draft.executor,
        draft.capacity,
        draft.whenFull,
        draft.blockAtMost,
        draft.conflation,
        draft.batchCount,
        draft.linger,
        draft.band,
        draft.deadline,
        draft.timeout,
        draft.onError,
        draft.filter,
        draft.spill,
        draft.replay);
  }

  /** The same, while one of them is being changed. */
  private static final class Draft<T> {
    @Nullable String name;
    @Nullable String owner;
    boolean isDirect;
    int concurrency;
    @Nullable Function<? super Message<T>, ?> key;
    Placement placement;
    @Nullable Executor executor;
    int capacity;
    WhenFull whenFull;
    @Nullable Duration blockAtMost;
    @Nullable Function<? super Message<T>, ?> conflation;
    int batchCount;
    Duration linger;
    Band band;
    @Nullable Duration deadline;
    @Nullable Duration timeout;
    OnError onError;
    @Nullable Predicate<? super Message<T>> filter;
    Retention spill;
    @Nullable Replay replay;

    Draft(SubscriptionOptions<T> from) {
      name = from.name;
      owner = from.owner;
      isDirect = from.isDirect;
      concurrency = from.concurrency;
      key = from.key;
      placement = from.placement;
      executor = from.executor;
      capacity = from.capacity;
      whenFull = from.whenFull;
      blockAtMost = from.blockAtMost;
      conflation = from.conflation;
      batchCount = from.batchCount;
      linger = from.linger;
      band = from.band;
      deadline = from.deadline;
      timeout = from.timeout;
      onError = from.onError;
      filter = from.filter;
      spill = from.spill;
      replay = from.replay;
    }
  }
}
