package dev.carillon.source;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.RateLimiterConfig;
import dev.carillon.schedule.Retry;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a source: immutable, changed by {@code with} methods, checked when made.
 *
 * @param name of the source, in headers, notices, logs and positions: letters, digits, {@code -},
 *     {@code _} and dots, at most 100
 * @param window how many items may be under way at most: taken in and not yet settled; 1 to 65,536.
 *     That is all that a source holds; while it is full nothing more is read
 * @param rate how many items may come in a time at most, more wait outside; null for any number
 * @param onItemFailure what happens when an item is not taken care of
 * @param restart when a source that failed is started again: the delays begin anew after it was
 *     connected for 10 s or took care of an item
 * @param positions where the position is kept; null for only as long as the source is open
 * @param saveEvery how long at most a position waits to be saved; zero saves each before the next
 *     item has room
 * @param idleAfter how long nothing comes until the source counts as idle; it is noticed by twice
 *     that time
 * @param grace how long a stop waits for what is under way, before it interrupts it
 * @param listener is told of each change of state
 * @param clock what counts as time
 */
public record SourceConfig(
    String name,
    int window,
    @Nullable RateLimiterConfig rate,
    OnItemFailure onItemFailure,
    Retry restart,
    @Nullable Positions positions,
    Duration saveEvery,
    Duration idleAfter,
    Duration grace,
    SourceListener listener,
    Clock clock) {

  private static final int MOST_UNDER_WAY = 65_536;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  /**
   * The default settings: 1,024 items under way, those that fail are passed over; starts again for
   * ever, 100 ms to 30 s after a failure; saves positions every 100 ms; idle after 30 s; 10 s of
   * grace.
   */
  public static final SourceConfig DEFAULT =
      new SourceConfig(
          "source",
          1024,
          null,
          OnItemFailure.SKIP,
          Retry.DEFAULT
              .withMaxAttempts(Integer.MAX_VALUE)
              .withBackoff(
                  Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(30))
                      .withJitter(Backoff.Jitter.FULL)),
          null,
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          SourceListener.NONE,
          Clock.system());

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public SourceConfig {
    Objects.requireNonNull(onItemFailure, "onItemFailure");
    Objects.requireNonNull(restart, "restart");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(clock, "clock");
    checkName(name);
    Checks.range("window", window, 1, MOST_UNDER_WAY);
    Checks.notNegative("saveEvery", saveEvery);
    Checks.positive("idleAfter", idleAfter);
    Checks.notNegative("grace", grace);
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a source's name must be 1 to 100 ASCII letters, digits, '-', '_' or '.', no '.' first:"
              + " name=\""
              + name
              + "\"");
    }
  }

  /**
   * {@return these settings with a name}
   *
   * @param newName of the source
   */
  public SourceConfig named(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these settings with another window}
   *
   * @param most items under way, 1 to 65,536
   */
  public SourceConfig withWindow(int most) {
    return change(d -> d.window = most);
  }

  /**
   * {@return these settings with a bound on the rate}
   *
   * @param items how many
   * @param per in what time; as many may come at once after a pause
   */
  public SourceConfig withRate(int items, Duration per) {
    return change(d -> d.rate = RateLimiterConfig.DEFAULT.withRate(items, per));
  }

  /**
   * {@return these settings with another policy for items that fail}
   *
   * @param policy what happens to them
   */
  public SourceConfig onItemFailure(OnItemFailure policy) {
    return change(d -> d.onItemFailure = policy);
  }

  /**
   * {@return these settings with another policy for a source that failed}
   *
   * @param policy when it is started again; its clock is not used, but the source's
   */
  public SourceConfig withRestart(Retry policy) {
    return change(d -> d.restart = policy);
  }

  /**
   * {@return these settings with a place for positions}
   *
   * @param place where they are kept
   */
  public SourceConfig withPositions(Positions place) {
    return change(d -> d.positions = Objects.requireNonNull(place, "place"));
  }

  /**
   * {@return these settings with another time until a position is saved}
   *
   * @param most how long it waits; zero saves each before the next item has room
   */
  public SourceConfig saveEvery(Duration most) {
    return change(d -> d.saveEvery = most);
  }

  /**
   * {@return these settings with another time until the source counts as idle}
   *
   * @param time how long nothing comes
   */
  public SourceConfig idleAfter(Duration time) {
    return change(d -> d.idleAfter = time);
  }

  /**
   * {@return these settings with another time of grace}
   *
   * @param time how long a stop waits for what is under way
   */
  public SourceConfig withGrace(Duration time) {
    return change(d -> d.grace = time);
  }

  /**
   * {@return these settings with a listener}
   *
   * @param newListener is told of each change of state
   */
  public SourceConfig withListener(SourceListener newListener) {
    return change(d -> d.listener = newListener);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock what counts as time
   */
  public SourceConfig withClock(Clock newClock) {
    return change(d -> d.clock = newClock);
  }

  private SourceConfig change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new SourceConfig(
        draft.name,
        draft.window,
        draft.rate,
        draft.onItemFailure,
        draft.restart,
        draft.positions,
        draft.saveEvery,
        draft.idleAfter,
        draft.grace,
        draft.listener,
        draft.clock);
  }

  /** Settings that are being changed. */
  private static final class Draft {
    String name;
    int window;
    @Nullable RateLimiterConfig rate;
    OnItemFailure onItemFailure;
    Retry restart;
    @Nullable Positions positions;
    Duration saveEvery;
    Duration idleAfter;
    Duration grace;
    SourceListener listener;
    Clock clock;

    Draft(SourceConfig from) {
      this.name = from.name;
      this.window = from.window;
      this.rate = from.rate;
      this.onItemFailure = from.onItemFailure;
      this.restart = from.restart;
      this.positions = from.positions;
      this.saveEvery = from.saveEvery;
      this.idleAfter = from.idleAfter;
      this.grace = from.grace;
      this.listener = from.listener;
      this.clock = from.clock;
    }
  }
}
