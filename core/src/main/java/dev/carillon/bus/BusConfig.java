package dev.carillon.bus;

import dev.carillon.spi.MessageStore;
import dev.carillon.spi.PayloadCodec;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Bus}: immutable, changed by {@code with} methods, checked when made.
 *
 * @param name names the bus in records, messages and logs
 * @param cycles what happens to a message that goes round in circles
 * @param maxCausalDepth how many handlers may lead to a message, one publishing for the next
 * @param maxRepeats how often the same handler may be among them for the same topic
 * @param deadLetters whether a message without subscribers is published on {@code $dead.<topic>}
 * @param history how much is kept of what is published on the topics of a pattern; of several
 *     patterns the first that matches counts
 * @param timeout how long handling a message may take, and waiting for room, at a subscription that
 *     does not say; null for ever
 * @param stallAfter how long messages may wait at a subscription that finishes none, before it
 *     counts as stalled
 * @param explainsDispatch whether each publication is logged, with what became of it where
 * @param store keeps durable history and what subscriptions spill; null for none. It is not closed
 *     with the bus.
 * @param codec writes payloads for the store; null without one
 */
public record BusConfig(
    String name,
    CyclePolicy cycles,
    int maxCausalDepth,
    int maxRepeats,
    boolean deadLetters,
    Map<TopicPattern, HistoryLimits> history,
    @Nullable Duration timeout,
    Duration stallAfter,
    boolean explainsDispatch,
    @Nullable MessageStore store,
    @Nullable PayloadCodec codec) {

  private static final int MOST = 1 << 16;
  private static final Duration YEAR = Duration.ofDays(365);

  /** The default settings. */
  public static final BusConfig DEFAULT =
      new BusConfig(
          "bus",
          CyclePolicy.REFUSE,
          64,
          8,
          false,
          Map.of(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          false,
          null,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, or the name is blank
   */
  public BusConfig {
    Objects.requireNonNull(cycles, "cycles");
    history = Collections.unmodifiableMap(new LinkedHashMap<>(history));
    Checks.name(name);
    Checks.range("maxCausalDepth", maxCausalDepth, 1, MOST);
    Checks.range("maxRepeats", maxRepeats, 1, MOST);
    if (timeout != null) {
      Checks.positive("timeout", timeout);
    }
    Checks.positive("stallAfter", stallAfter);
    if (stallAfter.compareTo(YEAR) > 0) {
      throw new IllegalArgumentException(
          "stallAfter must be at most %s: stallAfter=%s".formatted(YEAR, stallAfter));
    }
    if ((store == null) != (codec == null)) {
      throw new IllegalArgumentException(
          "a store and a codec must be set together: store=%s codec=%s".formatted(store, codec));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName names the bus
   */
  public BusConfig withName(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these settings with another way to treat circles}
   *
   * @param newCycles what happens to a message that goes round
   * @param depth how many handlers may lead to a message
   * @param repeats how often the same may be among them for the same topic
   */
  public BusConfig withCycles(CyclePolicy newCycles, int depth, int repeats) {
    return change(d -> {
      d.cycles = newCycles;
      d.maxCausalDepth = depth;
      d.maxRepeats = repeats;
    });
  }

  /**
   * {@return these settings, with dead letters or without}
   *
   * @param newDeadLetters whether a message without subscribers is published on {@code $dead}
   */
  public BusConfig withDeadLetters(boolean newDeadLetters) {
    return change(d -> d.deadLetters = newDeadLetters);
  }

  /**
   * {@return these settings, with a history of some topics}
   *
   * @param pattern of their names
   * @param configure changes the default limits
   */
  public BusConfig withHistory(String pattern, UnaryOperator<HistoryLimits> configure) {
    var more = new LinkedHashMap<>(history);
    more.put(TopicPattern.of(pattern), configure.apply(HistoryLimits.DEFAULT));
    return change(d -> d.history = more);
  }

  /**
   * {@return these settings with another time for handlers}
   *
   * @param newTimeout how long handling a message may take at a subscription that does not say;
   *     null for ever
   */
  public BusConfig withTimeout(@Nullable Duration newTimeout) {
    return change(d -> d.timeout = newTimeout);
  }

  /**
   * {@return these settings with another time for stalls}
   *
   * @param newStallAfter how long messages may wait at a subscription that finishes none
   */
  public BusConfig withStallAfter(Duration newStallAfter) {
    return change(d -> d.stallAfter = newStallAfter);
  }

  /**
   * {@return these settings, with a log of each publication or without} It goes to the logger
   * {@code dev.carillon.bus.dispatch} at level {@code INFO}, as it was asked for.
   *
   * @param whether whether to log
   */
  public BusConfig withDispatchLog(boolean whether) {
    return change(d -> d.explainsDispatch = whether);
  }

  /**
   * {@return these settings with a store, for durable history and for subscriptions that spill}
   *
   * @param newStore keeps messages; it must outlive the bus, and is closed by whoever opened it
   * @param newCodec writes payloads for it, {@code Stores.basicCodec()} for the simplest
   */
  public BusConfig withStore(MessageStore newStore, PayloadCodec newCodec) {
    return change(d -> {
      d.store = newStore;
      d.codec = newCodec;
    });
  }

  private BusConfig change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new BusConfig(
        draft.name,
        draft.cycles,
        draft.maxCausalDepth,
        draft.maxRepeats,
        draft.deadLetters,
        draft.history,
        draft.timeout,
        draft.stallAfter,
        draft.explainsDispatch,
        draft.store,
        draft.codec);
  }

  private static final class Draft {
    String name;
    CyclePolicy cycles;
    int maxCausalDepth;
    int maxRepeats;
    boolean deadLetters;
    Map<TopicPattern, HistoryLimits> history;
    @Nullable Duration timeout;
    Duration stallAfter;
    boolean explainsDispatch;
    @Nullable MessageStore store;
    @Nullable PayloadCodec codec;

    Draft(BusConfig from) {
      name = from.name;
      cycles = from.cycles;
      maxCausalDepth = from.maxCausalDepth;
      maxRepeats = from.maxRepeats;
      deadLetters = from.deadLetters;
      history = from.history;
      timeout = from.timeout;
      stallAfter = from.stallAfter;
      explainsDispatch = from.explainsDispatch;
      store = from.store;
      codec = from.codec;
    }
  }
}
