package dev.carillon.bus;

import dev.carillon.event.CarillonException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says why the event of a {@link Delivery} is poisoned: what each subscription at fault says. */
public final class DeliveryFailedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  DeliveryFailedException(String topic, List<Outcome> faults) {
    super(
        "a message must be handled where that was asked for: topic=\"%s\", %s"
            .formatted(topic, String.join("; ", faults.stream().map(Outcome::toString).toList())),
        cause(faults),
        false); // of whoever reported last
    for (Outcome fault : faults) {
      Throwable cause = cause(fault);
      if (cause != null && !cause.equals(getCause())) {
        addSuppressed(cause);
      }
    }
  }

  private static @Nullable Throwable cause(List<Outcome> faults) {
    for (Outcome fault : faults) {
      Throwable cause = cause(fault);
      if (cause != null) {
        return cause;
      }
    }
    return null;
  }

  private static @Nullable Throwable cause(Outcome fault) {
    return switch (fault) {
      case Outcome.Failed failed -> failed.cause();
      case Outcome.NotStored notStored -> notStored.cause();
      default -> null;
    };
  }
}
