package dev.carillon.spi;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Thrown when a device or its driver cannot do what it was asked to; has the driver's own text. */
public class DeviceException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by providers.
   *
   * @param message what was asked, and what the driver answered
   */
  public DeviceException(String message) {
    this(message, null);
  }

  /**
   * Used by providers.
   *
   * @param message what was asked, and what the driver answered
   * @param cause what led to this, if anything
   */
  public DeviceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
