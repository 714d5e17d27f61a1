package dev.carillon.flow;

import dev.carillon.schedule.Retry;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What the failure of a part means: for itself, for those that depend on it, for the others, and
 * for the run. What a part says comes before what its split says, and that before what the cycle
 * says; who says nothing has {@link #cleanFail()}.
 *
 * @param <T> type of the part's value
 */
public sealed interface OnError<T> {

  /**
   * The whole run stops at once with status {@link RunStatus#ERROR}: what runs is interrupted, what
   * has not started does not.
   *
   * @param <T> type of the part's value
   */
  record InstantFail<T>() implements OnError<T> {}

  /**
   * What depends on the part is skipped, the rest of the iteration finishes, and its status is
   * {@link RunStatus#ERROR}.
   *
   * @param <T> type of the part's value
   */
  record CleanFail<T>() implements OnError<T> {}

  /**
   * The part and what depends on it are skipped, and nothing counts as failed.
   *
   * @param <T> type of the part's value
   */
  record Skip<T>() implements OnError<T> {}

  /**
   * The whole run stops at once as for {@link InstantFail}, and nothing counts as failed.
   *
   * @param <T> type of the part's value
   */
  record StopQuietly<T>() implements OnError<T> {}

  /**
   * A default takes the place of the value.
   *
   * @param value the default; it must pass the part's validators
   * @param fatal whether the iteration ends with {@link RunStatus#ERROR} all the same; if not, with
   *     {@link RunStatus#DEGRADED}
   * @param <T> type of the part's value
   */
  record UseDefault<T>(T value, boolean fatal) implements OnError<T> {
    /** Checks the default. */
    public UseDefault {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * The part is tried again while its policy and its time allow, and then something else.
   *
   * @param policy when and how often; its clock is not used, the run's is
   * @param then what the last failure means
   * @param <T> type of the part's value
   */
  record Again<T>(Retry policy, OnError<T> then) implements OnError<T> {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if {@code then} is another retry
     */
    public Again {
      Objects.requireNonNull(policy, "policy");
      if (Objects.requireNonNull(then, "then") instanceof Again) {
        throw new IllegalArgumentException("a retry must not be followed by a retry: then=" + then);
      }
    }
  }

  /**
   * {@return {@link InstantFail}}
   *
   * @param <T> type of the part's value
   */
  static <T> OnError<T> instantFail() {
    return new InstantFail<>();
  }

  /**
   * {@return {@link CleanFail}}
   *
   * @param <T> type of the part's value
   */
  static <T> OnError<T> cleanFail() {
    return new CleanFail<>();
  }

  /**
   * {@return {@link Skip}}
   *
   * @param <T> type of the part's value
   */
  static <T> OnError<T> skip() {
    return new Skip<>();
  }

  /**
   * {@return {@link StopQuietly}}
   *
   * @param <T> type of the part's value
   */
  static <T> OnError<T> stopQuietly() {
    return new StopQuietly<>();
  }

  /**
   * {@return a default after which the iteration is {@link RunStatus#DEGRADED}}
   *
   * @param value the default
   * @param <T> type of the part's value
   */
  static <T> OnError<T> fallback(T value) {
    return new UseDefault<>(value, false);
  }

  /**
   * {@return a default after which the iteration is {@link RunStatus#ERROR}}
   *
   * @param value the default
   * @param <T> type of the part's value
   */
  static <T> OnError<T> fallbackFail(T value) {
    return new UseDefault<>(value, true);
  }

  /**
   * {@return retries, and {@link #cleanFail()} after the last}
   *
   * @param configure changes the default policy
   * @param <T> type of the part's value
   */
  static <T> OnError<T> retry(UnaryOperator<Retry> configure) {
    return retry(configure, cleanFail());
  }

  /**
   * {@return retries}
   *
   * @param configure changes the default policy
   * @param then what the last failure means
   * @param <T> type of the part's value
   */
  static <T> OnError<T> retry(UnaryOperator<Retry> configure, OnError<T> then) {
    return new Again<>(Retry.of(configure), then);
  }
}
