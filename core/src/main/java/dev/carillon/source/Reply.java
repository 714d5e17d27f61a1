package dev.carillon.source;

import java.util.concurrent.CompletableFuture;

/** The one answer to a request. */
final class Reply {
  private final CompletableFuture<Given> given = new CompletableFuture<>();
  private volatile boolean isOver;

  /**
   * An answer.
   *
   * @param isGivenUp whether those who are at work were not waited for
   */
  private record Given(WebAnswer answer, boolean isGivenUp) {}

  /** {@return whether this is the answer} */
  boolean give(WebAnswer answer) {
    return given.complete(new Given(answer, false));
  }

  /**
   * Does not wait for the answer of those who are at work any longer.
   *
   * @return whether this is the answer
   */
  boolean giveUp(WebAnswer answer) {
    boolean isFirst = given.complete(new Given(answer, true));
    isOver = true; // after the answer, so that whoever sees this does not wait for it
    return isFirst;
  }

  /** {@return whether the time for it is over; there is an answer then} */
  boolean isOver() {
    return isOver;
  }

  /** {@return whether somebody has answered who knows what becomes of the request} */
  boolean isDecided() {
    Given now = given.getNow(null);
    return now != null && !now.isGivenUp();
  }

  /** Waits for the answer. Somebody gives one when the time is over, or the source is. */
  WebAnswer await() {
    return given.join().answer();
  }
}
