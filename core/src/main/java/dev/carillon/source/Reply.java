package dev.carillon.source;

import java.util.concurrent.CompletableFuture;

/** The one answer to a request. */
final class Reply {
  private final CompletableFuture<WebAnswer> answer = new CompletableFuture<>();

  /** {@return whether this is the answer} */
  boolean give(WebAnswer given) {
    return answer.complete(given);
  }

  boolean isGiven() {
    return answer.isDone();
  }

  /** Waits for the answer. Somebody gives one when the time is over, or the source is. */
  WebAnswer await() {
    return answer.join();
  }
}
