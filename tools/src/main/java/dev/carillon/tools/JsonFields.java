package dev.carillon.tools;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one JSON object whose members are texts, numbers, booleans and nulls. */
final class JsonFields {
  /*
   * Recursive descent without the recursion, as nothing is nested. What is nested, or no JSON, is
   * told from what is malformed by nobody: either is no such object.
   */
  private static final int HEX = 16;

  private final String text;
  private int at;

  private JsonFields(String text) {
    this.text = text;
  }

  /** {@return the members in their order, or nothing if it is no such object} */
  static Optional<Map<String, @Nullable Object>> parse(String text) {
    try {
      return Optional.of(new JsonFields(text).object());
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private Map<String, @Nullable Object> object() throws MalformedException {
    var members = new LinkedHashMap<String, @Nullable Object>();
    take('{');
    if (!takes('}')) {
      do {
        String name = string();
        take(':');
        require(!members.containsKey(name));
        members.put(name, value());
      } while (takes(','));
      take('}');
    }
    skipBlanks();
    require(at == text.length());
    return members;
  }

  private @Nullable Object value() throws MalformedException {
    skipBlanks();
    require(at < text.length());
    return switch (text.charAt(at)) {
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) throws MalformedException {
    require(text.startsWith(word, at));
    at += word.length();
    return value;
  }

  private String string() throws MalformedException {
    take('"');
    var string = new StringBuilder();
    while (true) {
      char c = next();
      switch (c) {
        case '"' -> {
          return string.toString();
        }
        case '\\' -> string.append(escaped());
        default -> {
          require(c >= ' ');
          string.append(c);
        }
      }
    }
  }

  private char escaped() throws MalformedException {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < Character.BYTES * 2; i++) {
          int digit = Character.digit(next(), HEX);
          require(digit >= 0);
          code = code * HEX + digit;
        }
        yield (char) code;
      }
      default -> throw new MalformedException();
    };
  }

  private Number number() throws MalformedException {
    int start = at;
    while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(start, at);
    require(number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?"));
    boolean isWhole = number.matches("-?\\d{1,18}");
    return isWhole ? (Number) Long.valueOf(number) : (Number) Double.valueOf(number);
  }

  private char next() throws MalformedException {
    require(at < text.length());
    return text.charAt(at++);
  }

  private void take(char c) throws MalformedException {
    require(takes(c));
  }

  private boolean takes(char c) {
    skipBlanks();
    boolean isThere = at < text.length() && text.charAt(at) == c;
    at += isThere ? 1 : 0;
    return isThere;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private static void require(boolean holds) throws MalformedException {
    if (!holds) {
      throw new MalformedException();
    }
  }
}
