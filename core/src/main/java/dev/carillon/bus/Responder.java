package dev.carillon.bus;

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
}
