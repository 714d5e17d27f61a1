package dev.carillon.source;

import java.util.concurrent.CompletableFuture;

/** The one answer to a request. */
final class Reply {
  private final CompletableFuture<WebAnswer> answer = new CompletableFuture<>();
  private volatile boolean isGivenUp;

  /** {@return whether this is the answer} */
  boolean give(WebAnswer given) {
    return answer.complete(given);
  }

  /**
   * Does not wait for the answer of those who are at work any longer.
   *
   * @return whether this is the answer
   */
  boolean giveUp(WebAnswer given) {
    isGivenUp = true;
    return give(given);
  }

  boolean isGivenUp() {
    return isGivenUp;
  }

  /** {@return whether somebody has answered who knows what becomes of the request} */
  boolean isDecided() {
    return answer.isDone() && !isGivenUp;
  }

  /** Waits for the answer. Somebody gives one when the time is over, or the source is. */
  WebAnswer await() {
    return answer.join();
  }
}
