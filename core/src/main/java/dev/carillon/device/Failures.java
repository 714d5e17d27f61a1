package dev.carillon.device;

import dev.carillon.spi.DeviceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How failures of what was waited for are told. */
final class Failures {
  private Failures() {}

  /** {@return what is said of a failure: its message, or its class if it has none} */
  static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getName() : message;
  }

  /**
   * {@return the failure of something that comes after these; null if they have not failed} The
   * driver has passed them all, so whoever knows can say by now how they ended.
   */
  static @Nullable Throwable of(List<Upstream> before) {
    for (Upstream one : before) {
      one.poll();
      Throwable failure = one.failure();
      if (failure != null) {
        return after(one, failure);
      }
    }
    return null;
  }

  /** {@return the failure of what came after something that failed} */
  static Throwable after(Upstream one, Throwable failure) {
    return new DeviceException(
        "it comes after " + one.describe() + ", which failed: " + text(failure), failure);
  }
}
