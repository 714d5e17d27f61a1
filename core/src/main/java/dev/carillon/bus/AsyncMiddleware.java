package dev.carillon.bus;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A middleware that looks a message over in its own time, see {@link Middleware#async}. */
@FunctionalInterface
public interface AsyncMiddleware {

  /**
   * Takes a message.
   *
   * @param message the message
   * @return completes with the message that is to pass, changed or not; with null to swallow it;
   *     with a failure if it must not pass
   * @throws Exception if it must not pass
   */
  CompletionStage<? extends @Nullable Message<?>> handle(Message<?> message) throws Exception;
}
