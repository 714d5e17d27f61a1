package dev.carillon.flow;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a part in one iteration. Every part of an iteration gets exactly one.
 *
 * @param <T> type of the part's value
 */
public sealed interface Outcome<T> {

  /**
   * It did what it was to do.
   *
   * @param value what it gave
   * @param <T> its type
   */
  record Success<T>(T value) implements Outcome<T> {
    /** Checks the value. */
    public Success {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * It failed, and gives its default instead.
   *
   * @param value the default
   * @param cause why it failed
   * @param fatal whether the iteration counts as failed all the same
   * @param <T> type of the default
   */
  record Fallback<T>(T value, Throwable cause, boolean fatal) implements Outcome<T> {
    /** Checks the fields. */
    public Fallback {
      Objects.requireNonNull(value, "value");
      Objects.requireNonNull(cause, "cause");
    }
  }

  /**
   * It failed, and those that depend on it are given the failure to decide on.
   *
   * @param cause why it failed
   * @param <T> type of the value that it does not have
   */
  record Propagated<T>(Throwable cause) implements Outcome<T> {
    /** Checks the cause. */
    public Propagated {
      Objects.requireNonNull(cause, "cause");
    }
  }

  /**
   * It does not take part in this iteration.
   *
   * @param why what the reason is
   * @param cause the failure behind it; null if there is none
   * @param <T> type of the value that it does not have
   */
  record Skipped<T>(Why why, @Nullable Throwable cause) implements Outcome<T> {
    /** Checks the reason. */
    public Skipped {
      Objects.requireNonNull(why, "why");
    }
  }

  /**
   * It failed.
   *
   * @param cause why
   * @param <T> type of the value that it does not have
   */
  record Failed<T>(Throwable cause) implements Outcome<T> {
    /** Checks the cause. */
    public Failed {
      Objects.requireNonNull(cause, "cause");
    }
  }

  /**
   * The iteration was cancelled before it had ended.
   *
   * @param <T> type of the value that it does not have
   */
  record Cancelled<T>() implements Outcome<T> {}

  /** Why a part is skipped. */
  enum Why {
    /** What it depends on has no value. */
    UPSTREAM,
    /** Its guard said no. */
    CONDITION,
    /** It failed, and its policy is to be left out then. */
    OWN
  }

  /** {@return whether those that depend on it can run} */
  default boolean isUsable() {
    return this instanceof Success || this instanceof Fallback || this instanceof Propagated;
  }

  /** {@return the value or default, if there is one} */
  default Optional<T> result() {
    return switch (this) {
      case Success<T> success -> Optional.of(success.value());
      case Fallback<T> fallback -> Optional.of(fallback.value());
      case Propagated<T> _, Skipped<T> _, Failed<T> _, Cancelled<T> _ -> Optional.empty();
    };
  }

  /** {@return the failure behind it, if there is one} */
  default Optional<Throwable> failure() {
    return switch (this) {
      case Fallback<T> fallback -> Optional.of(fallback.cause());
      case Propagated<T> propagated -> Optional.of(propagated.cause());
      case Skipped<T> skipped -> Optional.ofNullable(skipped.cause());
      case Failed<T> failed -> Optional.of(failed.cause());
      case Success<T> _, Cancelled<T> _ -> Optional.empty();
    };
  }
}
