package dev.carillon.source;

import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Says who has sent a request. Implementations must be safe for use by any thread, and must keep
 * secrets out of what they return and throw.
 */
@FunctionalInterface
public interface WebAuth {

  /** What is known about a sender. */
  sealed interface Verdict {}

  /**
   * The sender is known.
   *
   * @param id who it is
   */
  record User(String id) implements Verdict {
    /** Checks that it is there. */
    public User {
      Objects.requireNonNull(id, "id");
    }
  }

  /**
   * The sender is not known: 401.
   *
   * @param why for the log; the sender does not learn it
   */
  record Unknown(String why) implements Verdict {}

  /**
   * The sender is known, but must not do this: 403.
   *
   * @param why for the log; the sender does not learn it
   */
  record Forbidden(String why) implements Verdict {}

  /**
   * {@return who has sent a request} What it throws is answered by 500.
   *
   * @param request with its headers, and its body if {@link #needsBody}
   */
  Verdict check(WebRequest request);

  /** {@return whether the body is needed for that; if not, unknown senders' bodies are not read} */
  default boolean needsBody() {
    return true;
  }

  /** {@return the header {@code WWW-Authenticate} of a refusal} */
  default String challenge() {
    return "Bearer";
  }

  /**
   * A request of a known sender was not taken care of, so it may come once more as it is: it was
   * refused, or its handler failed. Not called if the handler has answered it, whatever that was,
   * nor while a handler may still be at work after a 504: then once all of the request's events
   * that were put in are settled. Called on any thread; it must not block.
   *
   * @param request which
   */
  default void notTaken(WebRequest request) {}

  /**
   * {@return this, for some users only; others are forbidden}
   *
   * @param users says who may
   */
  default WebAuth allowing(Predicate<String> users) {
    return new SomeUsers(this, users);
  }

  /**
   * {@return authentication by a secret in the header {@code Authorization: Bearer}} Compared in a
   * time that does not depend on the secrets; they are kept as hashes only.
   *
   * @param secrets by user, each of at least 16 characters
   * @throws IllegalArgumentException if one is shorter
   */
  static WebAuth token(Map<String, String> secrets) {
    return new SecretAuth(secrets, false);
  }

  /**
   * {@return authentication by name and password, in the header {@code Authorization: Basic}}
   * Compared and kept as those of {@link #token}. To be used with TLS.
   *
   * @param passwords by user, each of at least 16 characters
   * @throws IllegalArgumentException if one is shorter, or a name has a colon
   */
  static WebAuth basic(Map<String, String> passwords) {
    return new SecretAuth(passwords, true);
  }

  /**
   * {@return authentication by a signature of the body, as GitHub makes it} It can be changed to
   * what others make.
   *
   * @param user who signs with this secret
   * @param secret of at least 16 characters
   * @throws IllegalArgumentException if it is shorter
   */
  static HmacAuth hmac(String user, String secret) {
    return HmacAuth.of(user, secret);
  }
}
