package dev.carillon.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A place in a file of lines, and by what the file is known again.
 *
 * @param key which file it is
 * @param offset of the place
 * @param known how many bytes before it are summed
 * @param sum their checksum
 */
record LinePlace(long key, long offset, int known, int sum) {
  /** How many bytes before a place are summed at most. */
  static final int KNOWN = 64;

  private static final Pattern FORM =
      Pattern.compile("file=(-?\\d{1,19}) offset=(\\d{1,18}) sum=(\\d{1,2}):([0-9a-f]{1,8})");

  /** {@return the place that a position names} */
  static LinePlace parse(String source, String position) {
    Matcher matcher = FORM.matcher(position);
    if (!matcher.matches()) {
      throw new IllegalStateException(
          "not a position of a file of lines: source=\"%s\", position=\"%s\""
              .formatted(source, position));
    }
    return new LinePlace(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        Integer.parseUnsignedInt(matcher.group(4), 16));
  }

  static int sum(byte[] bytes, int start, int length) {
    var crc = new CRC32C();
    crc.update(bytes, start, length);
    return (int) crc.getValue();
  }

  String position() {
    return "file=" + key + " offset=" + offset + " sum=" + known + ":" + Integer.toHexString(sum);
  }
}
