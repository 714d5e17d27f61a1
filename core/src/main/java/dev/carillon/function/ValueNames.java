package dev.carillon.function;

import dev.carillon.spi.CodingException;
import java.util.List;

/** Says arguments by their names where a codec says the indexes of values in a list. */
final class ValueNames {
  private ValueNames() {}

  /** {@return the same exception, whose path begins with the name of a value, not its index} */
  static CodingException renamed(CodingException e, List<String> names) {
    String path = e.path();
    int end = path.indexOf(']');
    if (!path.startsWith("[") || end < 2) {
      return e;
    }
    int at;
    try {
      at = Integer.parseInt(path, 1, end, 10);
    } catch (NumberFormatException _) {
      return e; // a path that says something else
    }
    if (at < 0 || at >= names.size()) {
      return e;
    }
    String message = String.valueOf(e.getMessage());
    String tail = ", at " + path;
    String rule =
        message.endsWith(tail) ? message.substring(0, message.length() - tail.length()) : message;
    return new CodingException(rule, names.get(at) + path.substring(end + 1), e);
  }
}
