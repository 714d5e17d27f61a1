package dev.carillon.flow;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON as RFC 8259 has it, and nothing that is only like it. Null is not needed here. */
final class StrictJson {
  private final String text;
  private int at;

  private StrictJson(String text) {
    this.text = text;
  }

  /** {@return maps, lists, texts, numbers and truth values} */
  static Object read(String text) {
    var json = new StrictJson(text);
    Object value = json.value();
    if (json.at != text.length()) {
      throw json.wrong("the end");
    }
    return value;
  }

  private IllegalArgumentException wrong(String wanted) {
    return new IllegalArgumentException(
        "%s expected at %d: %s".formatted(wanted, at, text.substring(Math.max(0, at - 20))));
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void take(String literal) {
    if (!text.startsWith(literal, at)) {
      throw wrong(literal);
    }
    at += literal.length();
  }

  private Object value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> {
        take("true");
        yield true;
      }
      case 'f' -> {
        take("false");
        yield false;
      }
      default -> number();
    };
  }

  private Map<String, Object> object() {
    var all = new LinkedHashMap<String, Object>();
    take("{");
    while (peek() != '}') {
      if (!all.isEmpty()) {
        take(",");
      }
      String key = string();
      take(":");
      if (all.put(key, value()) != null) {
        throw wrong("another key than " + key);
      }
    }
    take("}");
    return all;
  }

  private List<Object> list() {
    var all = new ArrayList<>();
    take("[");
    while (peek() != ']') {
      if (!all.isEmpty()) {
        take(",");
      }
      all.add(value());
    }
    take("]");
    return all;
  }

  private BigDecimal number() {
    var matcher =
        java.util.regex.Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
            .matcher(text)
            .region(at, text.length());
    if (!matcher.lookingAt()) {
      throw wrong("a value");
    }
    at = matcher.end();
    return new BigDecimal(matcher.group());
  }

  private String string() {
    var string = new StringBuilder();
    take("\"");
    while (peek() != '"') {
      char c = peek();
      at++;
      if (c < ' ') {
        throw wrong("no control character");
      }
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text, at - 4, at, 16);
      }
      default -> throw wrong("an escape");
    };
  }
}
