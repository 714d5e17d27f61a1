package dev.carillon.event;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link EventSystem}: immutable, changed by {@code with} methods, checked when
 * made.
 *
 * @param name shown in explanations, thread names and events of the flight recorder
 * @param owner the system's id; 0 asks for a random one
 * @param clock what the system takes for time
 * @param generationBits width of a slot's generation, 2 to 32; small widths make tests of
 *     exhaustion possible
 * @param maxEvents the most slots, pending events and retired slots together, 1 to 2^30; from 2^16
 *     on, a pending merge of more than 16 inputs has one more for each 16 of them
 * @param maxPoisonRecords how many reasons of poisoned events are kept; beyond that the oldest are
 *     forgotten, but never that an event was poisoned
 * @param traceEvery one in so many events created as objects (rounded up to a power of two, and at
 *     most 100 a second) remembers where it was created and is watched for being dropped; 1 traces
 *     every event, 0 none
 * @param cascadeBudget how long one completion may keep its thread busy with consequences before
 *     the rest goes to {@code overflow}
 * @param overflow runs the rest; null starts a virtual thread for it
 * @param remote reaches events of other systems; null refuses their handles
 */
public record EventSystemConfig(
    String name,
    long owner,
    Clock clock,
    int generationBits,
    int maxEvents,
    int maxPoisonRecords,
    int traceEvery,
    Duration cascadeBudget,
    @Nullable Executor overflow,
    @Nullable RemoteEvents remote) {

  /** The default settings. */
  public static final EventSystemConfig DEFAULT =
      new EventSystemConfig(
          "events",
          0,
          Clock.system(),
          32,
          1 << 28,
          1_000_000,
          128,
          Duration.ofMillis(50),
          null,
          null);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, or the name is blank
   */
  public EventSystemConfig {
    Objects.requireNonNull(clock, "clock");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
    checkRange("generationBits", generationBits, 2, 32);
    checkRange("maxEvents", maxEvents, 1, 1 << 30);
    checkRange("maxPoisonRecords", maxPoisonRecords, 0, 1 << 28);
    checkRange("traceEvery", traceEvery, 0, Integer.MAX_VALUE);
    if (cascadeBudget.isNegative() || cascadeBudget.isZero()) {
      throw new IllegalArgumentException(
          "cascadeBudget must be positive: cascadeBudget=" + cascadeBudget);
    }
  }

  private static void checkRange(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName the name
   */
  public EventSystemConfig withName(String newName) {
    return new EventSystemConfig(
        newName,
        owner,
        clock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another owner id}
   *
   * @param newOwner the id; 0 asks for a random one
   */
  public EventSystemConfig withOwner(long newOwner) {
    return new EventSystemConfig(
        name,
        newOwner,
        clock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock the clock
   */
  public EventSystemConfig withClock(Clock newClock) {
    return new EventSystemConfig(
        name,
        owner,
        newClock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another generation width}
   *
   * @param bits 2 to 32
   */
  public EventSystemConfig withGenerationBits(int bits) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        bits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another bound on slots}
   *
   * @param most 1 to 2^30
   */
  public EventSystemConfig withMaxEvents(int most) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        generationBits,
        most,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another bound on kept reasons}
   *
   * @param most 0 to 2^28
   */
  public EventSystemConfig withMaxPoisonRecords(int most) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        generationBits,
        maxEvents,
        most,
        traceEvery,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another sampling of creation sites}
   *
   * @param every 1 for all, 0 for none
   */
  public EventSystemConfig withTraceEvery(int every) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        every,
        cascadeBudget,
        overflow,
        remote);
  }

  /**
   * {@return these settings with another time budget for cascades}
   *
   * @param budget how long; positive
   * @param executor runs what is left when the budget is spent
   */
  public EventSystemConfig withCascadeBudget(Duration budget, Executor executor) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        budget,
        executor,
        remote);
  }

  /**
   * {@return these settings with a way to other systems}
   *
   * @param port reaches their events
   */
  public EventSystemConfig withRemote(RemoteEvents port) {
    return new EventSystemConfig(
        name,
        owner,
        clock,
        generationBits,
        maxEvents,
        maxPoisonRecords,
        traceEvery,
        cascadeBudget,
        overflow,
        port);
  }
}
