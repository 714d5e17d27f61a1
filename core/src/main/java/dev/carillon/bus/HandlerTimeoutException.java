package dev.carillon.bus;

import dev.carillon.event.CarillonException;
import java.time.Duration;

/** Says that handling a message took too long. */
public final class HandlerTimeoutException extends CarillonException {
  private static final long serialVersionUID = 1L;

  HandlerTimeoutException(String subscription, Message<?> message, Duration limit) {
    super(
        "a message must be handled in time: subscription=\"%s\", topic=\"%s\", id=%s, timeout=%s"
            .formatted(subscription, message.topic().name(), message.id(), limit),
        null,
        false); // of the timer's thread
  }
}
