package dev.carillon.spi;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a kind of device cannot be used here: no driver, one that is too old, or no device.
 * The message says what was looked for, where, and how to get it.
 */
public final class DeviceUnavailableException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by providers.
   *
   * @param message what was looked for, where, what was found instead, and how to get it
   */
  public DeviceUnavailableException(String message) {
    this(message, null);
  }

  /**
   * Used by providers.
   *
   * @param message what was looked for, where, what was found instead, and how to get it
   * @param cause what led to this, if anything
   */
  public DeviceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
