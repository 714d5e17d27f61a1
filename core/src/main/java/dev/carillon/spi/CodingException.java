package dev.carillon.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a {@link Codec} cannot write a value, or bytes are none: says the rule and the value
 * that broke it, and where.
 */
public class CodingException extends PayloadException {
  private static final long serialVersionUID = 1L;

  /** Where in the value. */
  private final String path;

  /**
   * Used by codecs.
   *
   * @param message states the rule that was broken and the value that broke it, without the path
   * @param path where in the value, as {@code order.lines[3].price}; empty if that is not known
   * @param cause what led to this, if anything
   */
  public CodingException(String message, String path, @Nullable Throwable cause) {
    super(path.isEmpty() ? message : message + ", at " + path, cause);
    this.path = Objects.requireNonNull(path, "path");
  }

  /** {@return where in the value, as {@code order.lines[3].price}; empty if that is not known} */
  public String path() {
    return path;
  }
}
