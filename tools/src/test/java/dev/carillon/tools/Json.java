package dev.carillon.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses JSON, strictly, into maps, lists, strings, doubles and null. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    var json = new Json(text.strip());
    Object value = json.value();
    json.require(json.at == json.text.length());
    return (Map<String, Object>) value;
  }

  private Object value() {
    return switch (text.charAt(at)) {
      case '{' -> members();
      case '[' -> elements();
      case '"' -> string();
      case 'n' -> {
        require(text.startsWith("null", at));
        at += 4;
        yield null;
      }
      default -> number();
    };
  }

  private Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    take('{');
    while (text.charAt(at) != '}') {
      if (!members.isEmpty()) {
        take(',');
      }
      String name = string();
      take(':');
      require(!members.containsKey(name));
      members.put(name, value());
    }
    take('}');
    return members;
  }

  private List<Object> elements() {
    var elements = new ArrayList<>();
    take('[');
    while (text.charAt(at) != ']') {
      if (!elements.isEmpty()) {
        take(',');
      }
      elements.add(value());
    }
    take(']');
    return elements;
  }

  private String string() {
    var string = new StringBuilder();
    take('"');
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      require(c >= ' ');
      if (c == '\\') {
        char escaped = text.charAt(at++);
        c =
            switch (escaped) {
              case '"', '\\' -> escaped;
              case 'n' -> '\n';
              case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
              default -> throw new IllegalArgumentException("escape " + escaped + " at " + at);
            };
      }
      string.append(c);
    }
    take('"');
    return string.toString();
  }

  private double number() {
    int start = at;
    while (at < text.length() && "-+.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Double.parseDouble(text.substring(start, at));
  }

  private void take(char c) {
    require(text.charAt(at) == c);
    at++;
  }

  private void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("malformed at " + at + ": " + text);
    }
  }
}
