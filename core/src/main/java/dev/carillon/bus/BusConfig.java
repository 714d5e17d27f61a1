package dev.carillon.bus;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

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
 */
public record BusConfig(
    String name,
    CyclePolicy cycles,
    int maxCausalDepth,
    int maxRepeats,
    boolean deadLetters,
    Map<TopicPattern, HistoryLimits> history) {

  /** The default settings. */
  public static final BusConfig DEFAULT =
      new BusConfig("bus", CyclePolicy.REFUSE, 64, 8, false, Map.of());

  private static final int MOST = 1 << 16;

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
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName names the bus
   */
  public BusConfig withName(String newName) {
    return new BusConfig(newName, cycles, maxCausalDepth, maxRepeats, deadLetters, history);
  }

  /**
   * {@return these settings with another way to treat circles}
   *
   * @param newCycles what happens to a message that goes round
   * @param depth how many handlers may lead to a message
   * @param repeats how often the same may be among them for the same topic
   */
  public BusConfig withCycles(CyclePolicy newCycles, int depth, int repeats) {
    return new BusConfig(name, newCycles, depth, repeats, deadLetters, history);
  }

  /**
   * {@return these settings, with dead letters or without}
   *
   * @param newDeadLetters whether a message without subscribers is published on {@code $dead}
   */
  public BusConfig withDeadLetters(boolean newDeadLetters) {
    return new BusConfig(name, cycles, maxCausalDepth, maxRepeats, newDeadLetters, history);
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
    return new BusConfig(name, cycles, maxCausalDepth, maxRepeats, deadLetters, more);
  }
}
