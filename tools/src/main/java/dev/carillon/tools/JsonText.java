package dev.carillon.tools;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes JSON. */
final class JsonText {
  private JsonText() {}

  /**
   * {@return one object on one line}
   *
   * @param members texts, numbers, booleans, nulls, and maps of such; anything else counts as the
   *     text that it is printed as
   */
  static String object(Map<String, ?> members) {
    return members.entrySet().stream()
        .map(member -> quote(member.getKey()) + ":" + value(member.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @SuppressWarnings("unchecked") // its keys are texts, see above
  private static String value(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> members -> object((Map<String, ?>) members);
      case Boolean known -> known.toString();
      case Number number when isFinite(number) -> number.toString();
      default -> quote(value.toString());
    };
  }

  /** JSON has no other numbers. */
  private static boolean isFinite(Number number) {
    return !(number instanceof Double || number instanceof Float)
        || Double.isFinite(number.doubleValue());
  }

  /** {@return a text in quotes, with all escaped that would end it or a line} */
  static String quote(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        default -> {
          if (Character.isISOControl(c)) {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
