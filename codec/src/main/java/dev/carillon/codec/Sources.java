package dev.carillon.codec;

import java.net.URI;
import java.net.URISyntaxException;

/** Names of buses as URI references, and back. */
final class Sources {
  /*
   * A name that is a URI reference stands for itself, and so does every source of a foreign event;
   * other names are percent-encoded behind a scheme of our own. A name that begins with that scheme
   * is encoded too, so that no two names give the same reference.
   */
  private static final String SCHEME = "carillon:";

  private Sources() {}

  static String toUri(String name) {
    return isReference(name) && !name.startsWith(SCHEME) ? name : SCHEME + Texts.encode(name, "");
  }

  static String toName(String uri) {
    if (!isReference(uri)) {
      throw new CodecException("source must be a URI reference: source=" + Texts.show(uri));
    }
    return uri.startsWith(SCHEME) ? Texts.decode(uri.substring(SCHEME.length())) : uri;
  }

  private static boolean isReference(String text) {
    return !text.isEmpty() && parses(text, false);
  }

  /** {@return whether a text is a URI with a scheme} */
  static boolean isAbsolute(String text) {
    return parses(text, true);
  }

  private static boolean parses(String text, boolean absolute) {
    boolean isAscii = text.chars().allMatch(c -> c < 0x80);
    try {
      return isAscii && (new URI(text).isAbsolute() || !absolute);
    } catch (URISyntaxException _) { // the answer, not a failure
      return false;
    }
  }
}
