package dev.carillon.bus;

import java.time.Duration;

/**
 * Answers requests.
 *
 * @param <Q> type of the requests
 * @param <A> type of the answers
 */
@FunctionalInterface
public interface Responder<Q, A> {

  /**
   * Answers a request. What holds for {@link MessageHandler#handle} holds here.
   *
   * @param request the request
   * @return the answer
   * @throws Exception if there is none: the one who asked is told
   */
  A answer(Message<Q> request) throws Exception;

  /**
   * {@return a responder that answers equal requests with the answer it has found before} Failures
   * are not kept. The requests' {@code equals} and {@code hashCode} run under a lock: they must be
   * quick, and must not throw.
   *
   * @param responder finds the answers
   * @param most how many answers are kept, 1 to 2^24; the one used longest ago goes first
   * @param age how long an answer is good, by the times of the requests
   * @param <Q> type of the requests
   * @param <A> type of the answers
   * @throws IllegalArgumentException if a limit is outside its range
   */
  static <Q, A> Responder<Q, A> caching(Responder<Q, A> responder, int most, Duration age) {
    return new CachingResponder<>(responder, most, age);
  }
}
