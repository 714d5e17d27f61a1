package dev.carillon.source;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Splits bytes into lines. Used by one thread at a time. */
final class LineSplitter {
  /*
   * `chunk` from `at` on is what has not been looked at. A line that goes on beyond a chunk is
   * gathered in `partial`, until it is whole or too long: then it is counted and left out, up to
   * its end, and nothing is gathered for it.
   */
  private static final byte[] NONE = {};

  private byte[] chunk = NONE;
  private int at;
  private byte[] partial = NONE;
  private int gathered; // bytes in it
  private boolean isLeftOut; // the line that goes on
  private long toDrop; // bytes to drop before the first line
  private long offset; // behind the last line, or what was dropped

  LineSplitter(long startOffset) {
    this.toDrop = startOffset;
  }

  /** Adds bytes; all before them must have been split. */
  void add(byte[] bytes) {
    chunk = bytes;
    at = (int) Math.min(toDrop, bytes.length);
    toDrop -= at;
    offset += at;
  }

  /** {@return how many bytes are behind the last line's end} */
  long offset() {
    return offset;
  }

  /** {@return how many bytes are missing before the first line} */
  long toDrop() {
    return toDrop;
  }

  /** {@return the next whole line; null if there is none in what was added} */
  @Nullable String next(LineRules rules, Intake<?> intake) {
    while (at < chunk.length) {
      int from = at;
      int end = from;
      while (end < chunk.length && chunk[end] != '\n') {
        end++;
      }
      boolean isWhole = end < chunk.length;
      at = isWhole ? end + 1 : end;
      offset += at - from;
      String line = take(from, end, isWhole, rules, intake);
      if (line != null) {
        return line;
      }
    }
    return null;
  }

  private @Nullable String take(
      int from, int end, boolean isWhole, LineRules rules, Intake<?> intake) {
    int length = end - from;
    if (!isLeftOut && (long) gathered + length > rules.maxLine()) {
      intake.refuse(
          "max-line",
          "a line longer than %d bytes, before byte %d".formatted(rules.maxLine(), offset));
      isLeftOut = true;
      partial = NONE;
      gathered = 0;
    }
    if (isLeftOut) {
      isLeftOut = !isWhole;
      return null;
    }
    if (isWhole && gathered == 0) {
      return rules.decode(chunk, from, end, intake);
    }
    gather(from, length);
    return isWhole ? whole(rules, intake) : null;
  }

  private void gather(int from, int length) {
    if (partial.length < gathered + length) {
      partial = Arrays.copyOf(partial, Math.max(gathered + length, gathered * 2));
    }
    System.arraycopy(chunk, from, partial, gathered, length);
    gathered += length;
  }

  private @Nullable String whole(LineRules rules, Intake<?> intake) {
    String line = rules.decode(partial, 0, gathered, intake);
    partial = NONE;
    gathered = 0;
    return line;
  }

  /** {@return what stands behind the last line's end, at the end of the stream; null if nothing} */
  @Nullable String last(LineRules rules, Intake<?> intake) {
    return gathered == 0 ? null : whole(rules, intake);
  }
}
