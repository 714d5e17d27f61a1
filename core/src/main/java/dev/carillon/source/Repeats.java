package dev.carillon.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last keys that were seen, a bounded number of them, and whether what they name is done. */
final class Repeats {

  /** What is known about a key. */
  enum Seen {
    NEW,
    UNDER_WAY,
    DONE
  }

  private final int most;
  private final Map<String, Seen> seen = new LinkedHashMap<>(); // guarded by this

  Repeats(int most) {
    Checks.range("most", most, 1, 1 << 24);
    this.most = most;
  }

  /** {@return a key of a fixed length for texts of any} */
  static String key(String... parts) {
    MessageDigest digest = Secrets.sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** {@return what was known about a key, which is under way from now on if it is new} */
  synchronized Seen begin(String key) {
    Seen known = seen.putIfAbsent(key, Seen.UNDER_WAY);
    if (seen.size() > most) {
      seen.remove(seen.keySet().iterator().next());
    }
    return known == null ? Seen.NEW : known;
  }

  /** What a key names is done: it is a repeat if it comes again. */
  synchronized void done(String key) {
    seen.replace(key, Seen.DONE);
  }

  /** What a key names was not done, and may come again. */
  synchronized void forget(String key) {
    seen.remove(key);
  }

  synchronized int size() {
    return seen.size();
  }
}
