package dev.carillon.flow;

import java.util.Objects;

/**
 * A value, or the failure that stands in its place: what {@link Out#propagating} hands on.
 *
 * @param <T> type of the value
 */
public sealed interface Result<T> {

  /**
   * A value.
   *
   * @param value the value
   * @param <T> its type
   */
  record Ok<T>(T value) implements Result<T> {
    /** Checks the value. */
    public Ok {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * A failure.
   *
   * @param cause why there is no value
   * @param <T> type of the value that there is not
   */
  record Err<T>(Throwable cause) implements Result<T> {
    /** Checks the cause. */
    public Err {
      Objects.requireNonNull(cause, "cause");
    }
  }

  /** {@return whether there is a value} */
  default boolean isOk() {
    return this instanceof Ok;
  }

  /**
   * {@return the value, or another in its place}
   *
   * @param other given for a failure
   */
  default T orElse(T other) {
    return this instanceof Ok<T> ok ? ok.value() : other;
  }

  /**
   * {@return the value}
   *
   * @throws PartFailedException if there is none, with the failure as its cause
   */
  default T orElseThrow() {
    return switch (this) {
      case Ok<T> ok -> ok.value();
      case Err<T> err ->
          throw new PartFailedException("a result holds no value: " + err, err.cause());
    };
  }
}
