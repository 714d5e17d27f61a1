package dev.carillon.flow;

import org.jspecify.annotations.Nullable;

/**
 * How a node ended, and with what. In a cell, a success is its bare value, and any other ending is
 * one of these; so what a cell holds tells all of it in one reading.
 *
 * @param how how it ended
 * @param value its value or default; null if it has none
 * @param cause why it has no value of its own; null if it is a success, or nobody has failed
 */
record Ended(Ending how, @Nullable Object value, @Nullable Throwable cause) {
  static final Ended CANCELLED = new Ended(Ending.CANCELLED, null, null);
  static final Ended BY_CONDITION = new Ended(Ending.SKIPPED_CONDITION, null, null);

  static Ended success(Object value) {
    return new Ended(Ending.SUCCESS, value, null);
  }

  /** {@return the ending that a cell's content stands for} */
  static Ended of(Object inCell) {
    return inCell instanceof Ended ended ? ended : success(inCell);
  }

  boolean isUsable() {
    return how.isUsable;
  }

  boolean hasValue() {
    return how.hasValue();
  }

  Outcome<Object> outcome() {
    return switch (how) {
      case SUCCESS -> new Outcome.Success<>(present(value));
      case FALLBACK, FALLBACK_FATAL ->
          new Outcome.Fallback<>(present(value), present(cause), how == Ending.FALLBACK_FATAL);
      case PROPAGATED -> new Outcome.Propagated<>(present(cause));
      case SKIPPED_UPSTREAM -> new Outcome.Skipped<>(Outcome.Why.UPSTREAM, cause);
      case SKIPPED_CONDITION -> new Outcome.Skipped<>(Outcome.Why.CONDITION, null);
      case SKIPPED_OWN, STOPPED_QUIETLY -> new Outcome.Skipped<>(Outcome.Why.OWN, cause);
      case FAILED, FAILED_INSTANTLY -> new Outcome.Failed<>(present(cause));
      case CANCELLED -> new Outcome.Cancelled<>();
    };
  }

  /** {@return its value or default; only of an ending that has one} */
  Object given() {
    return present(value);
  }

  /** {@return what goes along a wire of results; only of an ending that is usable} */
  Result<Object> result() {
    return how == Ending.PROPAGATED
        ? new Result.Err<>(present(cause))
        : new Result.Ok<>(present(value));
  }

  private <T> T present(@Nullable T part) {
    if (part == null) {
      throw new AssertionError("an ending must have its value and its cause: " + this);
    }
    return part;
  }
}
