package dev.carillon.device;

import dev.carillon.spi.DeviceException;

/** How failures of what was waited for are told. */
final class Failures {
  private Failures() {}

  /** {@return what is said of a failure: its message, or its class if it has none} */
  static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getName() : message;
  }

  /** {@return the failure of what came after something that failed} */
  static Throwable after(Upstream one, Throwable failure) {
    return new DeviceException(
        "it comes after " + one.describe() + ", which failed: " + text(failure), failure);
  }
}
