package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens by which those who connect show who they are. Immutable; holds digests, and prints
 * none.
 */
public final class Tokens {
  private static final int LEAST = 16;
  private static final int MOST = 4096;

  /** Nobody has to show anything. */
  public static final Tokens NONE = new Tokens(Map.of());

  private final Map<String, byte[]> digests; // by user

  private Tokens(Map<String, byte[]> digests) {
    this.digests = digests;
  }

  /**
   * {@return these tokens and one more}
   *
   * @param user whose it is; a second one for the same user takes the place of the first
   * @param token at least 16 and at most 4,096 bytes of UTF-8; best 32 random bytes in hexadecimal
   * @throws IllegalArgumentException if the user is blank or the token too short or too long
   */
  public Tokens with(String user, String token) {
    if (user.isBlank()) {
      throw new IllegalArgumentException("user must not be blank: user=\"" + user + "\"");
    }
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    Checks.range("length of the token in bytes", bytes.length, LEAST, MOST);
    var more = new TreeMap<>(digests);
    more.put(user, digest(bytes));
    return new Tokens(more);
  }

  /** {@return whether nobody has to show anything} */
  public boolean isEmpty() {
    return digests.isEmpty();
  }

  /**
   * {@return whose token this is; null if nobody's} Takes as long for any token of a length: it is
   * compared with all, by digests and in constant time.
   */
  @Nullable String user(byte[] token) {
    byte[] shown = digest(token);
    String found = null;
    for (Map.Entry<String, byte[]> entry : digests.entrySet()) {
      if (MessageDigest.isEqual(shown, entry.getValue())) {
        found = entry.getKey();
      }
    }
    return found;
  }

  /** {@return how tokens are cut out: frames that are no longer than one can be} */
  static Framing framing(Framing framing) {
    return new Framing(framing.form(), Math.min(framing.maxBytes(), MOST));
  }

  private static byte[] digest(byte[] bytes) {
    return Secrets.sha256().digest(bytes);
  }

  @Override
  public String toString() {
    return "Tokens of " + digests.keySet();
  }
}
