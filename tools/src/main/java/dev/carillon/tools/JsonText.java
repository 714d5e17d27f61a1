package dev.carillon.tools;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON. */
final class JsonText {
  private JsonText() {}

  /** An object that is written member by member, on one line. */
  static final class Line {
    private final StringBuilder text = new StringBuilder("{");

    Line with(String name, String value) {
      begin(name);
      quote(value, text);
      return this;
    }

    Line with(String name, long value) {
      begin(name);
      text.append(value);
      return this;
    }

    Line with(String name, double value) {
      begin(name);
      value(value, text);
      return this;
    }

    private void begin(String name) {
      if (text.length() > 1) {
        text.append(',');
      }
      quote(name, text);
      text.append(':');
    }

    /** {@return all of it} */
    String end() {
      return text.append('}').toString();
    }
  }

  /**
   * {@return one object on one line}
   *
   * @param members texts, numbers, booleans, nulls, and maps of such; anything else counts as the
   *     text that it is printed as
   */
  static String object(Map<String, ?> members) {
    var text = new StringBuilder();
    object(members, text);
    return text.toString();
  }

  private static void object(Map<String, ?> members, StringBuilder to) {
    to.append('{');
    String separator = "";
    for (Map.Entry<String, ?> member : members.entrySet()) {
      to.append(separator);
      quote(member.getKey(), to);
      to.append(':');
      value(member.getValue(), to);
      separator = ",";
    }
    to.append('}');
  }

  @SuppressWarnings("unchecked") // its keys are texts, see above
  private static void value(@Nullable Object value, StringBuilder to) {
    switch (value) {
      case null -> to.append("null");
      case Map<?, ?> members -> object((Map<String, ?>) members, to);
      case Boolean known -> to.append(known);
      case Number number when isFinite(number) -> to.append(number);
      default -> quote(value.toString(), to);
    }
  }

  /** JSON has no other numbers. */
  private static boolean isFinite(Number number) {
    return !(number instanceof Double || number instanceof Float)
        || Double.isFinite(number.doubleValue());
  }

  /** {@return a text in quotes, with all escaped that would end it or a line} */
  static String quote(String text) {
    var quoted = new StringBuilder();
    quote(text, quoted);
    return quoted.toString();
  }

  private static void quote(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> to.append('\\').append(c);
        case '\n' -> to.append("\\n");
        default -> {
          if (Character.isISOControl(c)) {
            to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }
}
