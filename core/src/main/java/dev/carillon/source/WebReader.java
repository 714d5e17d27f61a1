package dev.carillon.source;

/**
 * Makes payloads of requests, such as orders of JSON.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface WebReader<T> {

  /**
   * {@return what the request holds} Called on the request's thread, so by many threads at a time.
   *
   * @param request what came in
   * @throws Exception if the request does not hold such a thing: it is answered by 400 and counted;
   *     the message is logged, but not sent. To return null is to fail as well
   */
  T read(WebRequest request) throws Exception;
}
