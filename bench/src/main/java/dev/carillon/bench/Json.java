package dev.carillon.bench;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes maps, collections, numbers, booleans and strings as JSON. */
final class Json {
  private Json() {}

  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> quoted(String.valueOf(e.getKey())) + ":" + of(e.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case Collection<?> all ->
          all.stream().map(Json::of).collect(Collectors.joining(",", "[", "]"));
      case Double number when !Double.isFinite(number) -> "null";
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
