package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows senders by what they show in the header {@code Authorization}: tokens, or passwords. */
final class SecretAuth implements WebAuth {
  /*
   * Hashes of a fixed length are compared, each in constant time, and all of them, whichever fits:
   * so the time tells neither how much of a secret was right nor whose it was.
   */
  private static final class Known {
    final String user;
    final byte[] hash;

    Known(String user, byte[] hash) {
      this.user = user;
      this.hash = hash;
    }
  }

  private final List<Known> known = new ArrayList<>();
  private final boolean isBasic;

  SecretAuth(Map<String, String> secrets, boolean isBasic) {
    this.isBasic = isBasic;
    secrets.forEach((user, secret) -> {
      Secrets.check(user, secret);
      if (isBasic && user.indexOf(':') >= 0) {
        throw new IllegalArgumentException(
            "a user's name must have no colon: user=" + RefusedRequest.show(user));
      }
      known.add(new Known(user, Secrets.hash(isBasic ? user + ":" + secret : secret)));
    });
  }

  @Override
  public Verdict check(WebRequest request) {
    List<String> shown = request.headers().getOrDefault("Authorization", List.of());
    String text = shown.size() == 1 ? credentials(shown.getFirst()) : null;
    if (text == null) {
      return new Unknown("no credentials of the right form");
    }
    byte[] hash = Secrets.hash(text);
    String user = null;
    for (Known one : known) {
      if (MessageDigest.isEqual(one.hash, hash)) {
        user = one.user;
      }
    }
    return user == null ? new Unknown("credentials of nobody") : new User(user);
  }

  private @Nullable String credentials(String header) {
    String scheme = scheme() + " ";
    if (!header.regionMatches(true, 0, scheme, 0, scheme.length())) {
      return null;
    }
    String text = header.substring(scheme.length()).strip();
    if (!isBasic) {
      return text;
    }
    try {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // not Base64, so nobody's
      return null;
    }
  }

  private String scheme() {
    return isBasic ? "Basic" : "Bearer";
  }

  @Override
  public boolean needsBody() {
    return false;
  }

  @Override
  public String challenge() {
    return isBasic ? "Basic realm=\"events\", charset=\"UTF-8\"" : "Bearer";
  }

  @Override
  public String toString() {
    return "WebAuth[%s, users=%d]".formatted(scheme(), known.size());
  }
}
