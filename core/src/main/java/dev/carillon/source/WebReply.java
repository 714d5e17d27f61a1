package dev.carillon.source;

/** When a request is answered. Whatever comes first is the answer, and there is only one. */
public enum WebReply {

  /**
   * As soon as it is taken in: 202. What becomes of it later, the sender does not learn; if the
   * process dies first, the request is lost.
   */
  ACCEPTED,

  /**
   * When it has been taken care of: 204; 500 if that failed, and 504 if it took too long, in which
   * case it may still succeed. A sender that tries again what was not answered by 204 loses
   * nothing.
   */
  HANDLED,

  /**
   * When the handler answers, by {@link WebRequest#answer}, during its work or later; 500 if the
   * handler fails, and 504 if it takes too long.
   */
  ANSWERED
}
