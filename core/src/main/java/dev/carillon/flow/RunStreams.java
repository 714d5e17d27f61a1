package dev.carillon.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The rule by which streams are called in which journals of runs are kept. */
final class RunStreams {
  /*
   * "run-" and the name, in which lower-case letters, digits and '-' stand for themselves, and each
   * other byte of its UTF-8 is '_' and two digits: so names that differ lead to streams that do,
   * also on file systems that ignore case, and the name can be read off. Where that is too long for
   * a stream, it is "run-_x" and the first half of the name's SHA-256; the name is in the journal.
   */
  private static final String PREFIX = "run-";
  private static final String HASHED = PREFIX + "_x";
  private static final int LONGEST = 64;
  private static final int HASH_BYTES = 16;

  private RunStreams() {}

  static String streamOf(String runName) {
    var stream = new StringBuilder(PREFIX);
    byte[] bytes = runName.getBytes(UTF_8);
    for (byte b : bytes) {
      if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-') {
        stream.append((char) b);
      } else {
        stream.append('_').append(HexFormat.of().toHexDigits(b));
      }
    }
    return stream.length() <= LONGEST ? stream.toString() : HASHED + hash(bytes);
  }

  private static String hash(byte[] name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
