package dev.carillon.codec;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as RFC 3339 writes them. */
final class Times {
  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** What is finer than nanoseconds is the second group, and left out. */
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)(\\d*)(Z|[+-]\\d\\d:\\d\\d)",
          Pattern.CASE_INSENSITIVE);

  private Times() {}

  /** {@return a time in UTC, with as many digits of its seconds as it has} */
  static String write(Instant time) {
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw new CodecException("a time must be of the years 0000 to 9999: time=" + time);
    }
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  static Instant read(String text) {
    Instant time = parse(text);
    if (time == null) {
      throw new CodecException(
          "time must be a time of RFC 3339 with an offset of up to 18 hours: time="
              + Texts.show(text));
    }
    return time;
  }

  /** {@return the time that a text is, or null if it is none} */
  static @Nullable Instant parse(String text) {
    var parts = RFC_3339.matcher(text);
    if (!parts.matches() || (!parts.group(2).isEmpty() && parts.group(1).indexOf('.') < 0)) {
      return null;
    }
    try {
      String iso = (parts.group(1) + parts.group(3)).toUpperCase(Locale.ROOT);
      Instant time = OffsetDateTime.parse(iso).toInstant();
      return time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
    } catch (DateTimeException _) { // the answer, not a failure
      return null;
    }
  }
}
