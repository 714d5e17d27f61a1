package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What secrets are compared by. */
final class Secrets {
  private static final int LEAST = 16;

  private Secrets() {}

  /** {@return a secret that is long enough} No message ever shows one. */
  static String check(String user, String secret) {
    if (secret.length() < LEAST) {
      throw new IllegalArgumentException(
          "a secret must have at least %d characters: user=%s, length=%d"
              .formatted(LEAST, RefusedRequest.show(user), secret.length()));
    }
    return secret;
  }

  /** {@return what a text is compared by: of one length, so that a comparison tells none} */
  static byte[] hash(String text) {
    return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@return a new digest} */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
