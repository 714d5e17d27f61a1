package dev.carillon.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a line may be. */
record LineRules(int maxLine, boolean refusesMalformed) {
  static final LineRules DEFAULT = new LineRules(1 << 20, false);
  private static final int MOST = 1 << 28;

  /** What the decoder puts for bytes that are not UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  LineRules {
    Checks.range("maxLine", maxLine, 1, MOST);
  }

  /** {@return the text of a line; null if it is refused} */
  @Nullable String decode(byte[] bytes, int from, int to, Intake<?> intake) {
    int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
    String line = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    if (line.indexOf(REPLACEMENT) < 0 || isUtf8(ByteBuffer.wrap(bytes, from, end - from))) {
      return line;
    }
    intake.refuse("malformed", "a line that is not UTF-8: bytes=" + (end - from));
    return refusesMalformed ? null : line;
  }

  private static boolean isUtf8(ByteBuffer bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
