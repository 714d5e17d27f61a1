package dev.carillon.tools;

import java.util.ArrayDeque;
import java.util.Map;

/** Puts variables where a shell command has placeholders. */
final class ShellText {
  /*
   * A placeholder becomes the expansion of a variable, never a text. A shell does not read again
   * what it has expanded, so no name of a file can become a command, wherever the placeholder is.
   *
   * What depends on the place is only whether the value stays one word: outside of quotes it needs
   * quotes, inside of double quotes it has them, and inside of single quotes nothing is expanded, so
   * those are closed before and opened after. So the text is read as a shell would, as far as quotes
   * go: a stack of what is open, a quote of either kind, a parenthesis or a backquote, within which
   * quoting begins anew. Where this is mistaken, as in a here-document, a value may show its
   * quotes or fall apart into words; it still is not run.
   */
  private static final char SINGLE = '\'';
  private static final char DOUBLE = '"';
  private static final char PAREN = '(';
  private static final char BACKQUOTE = '`';
  private static final char NOTHING = ' ';

  private final String text;
  private final Map<String, String> variables;
  private final StringBuilder result = new StringBuilder();
  private final ArrayDeque<Character> open = new ArrayDeque<>();
  private int at;

  private ShellText(String text, Map<String, String> variables) {
    this.text = text;
    this.variables = variables;
  }

  /**
   * {@return the command with variables in place of placeholders}
   *
   * @param text a command for a shell
   * @param variables the names of variables by placeholders
   */
  static String withVariables(String text, Map<String, String> variables) {
    return new ShellText(text, variables).replaced();
  }

  private String replaced() {
    while (at < text.length()) {
      if (!takesPlaceholder()) {
        takeCharacter();
      }
    }
    return result.toString();
  }

  private boolean takesPlaceholder() {
    if (text.charAt(at) != '{') {
      return false;
    }
    for (Map.Entry<String, String> each : variables.entrySet()) {
      if (text.startsWith(each.getKey(), at)) {
        String expansion = "${" + each.getValue() + "}";
        result.append(
            switch (innermost()) {
              case SINGLE -> "'\"" + expansion + "\"'";
              case DOUBLE -> expansion;
              default -> "\"" + expansion + "\"";
            });
        at += each.getKey().length();
        return true;
      }
    }
    return false;
  }

  private void takeCharacter() {
    char c = text.charAt(at);
    char in = innermost();
    if (in == SINGLE) {
      if (c == SINGLE) {
        open.pop();
      }
      take(1);
      return;
    }
    switch (c) {
      case '\\' -> take(2);
      case DOUBLE, BACKQUOTE -> toggle(c, in);
      case SINGLE, PAREN -> takeOpening(c, in);
      case '$' -> takeDollar();
      case ')' -> takeClosing(in);
      case '#' -> takeHash(in);
      default -> take(1);
    }
  }

  private void toggle(char quote, char in) {
    if (in == quote) {
      open.pop();
    } else {
      open.push(quote);
    }
    take(1);
  }

  private void takeOpening(char c, char in) {
    if (in != DOUBLE) {
      open.push(c);
    }
    take(1);
  }

  private void takeDollar() {
    if (text.startsWith("$(", at)) {
      open.push(PAREN);
      take(2);
    } else {
      take(1);
    }
  }

  private void takeClosing(char in) {
    if (in == PAREN) {
      open.pop();
    }
    take(1);
  }

  /** Takes a comment to its end, if this begins one: an apostrophe there opens nothing. */
  private void takeHash(char in) {
    boolean beginsWord = at == 0 || " \t\n;&|()`".indexOf(text.charAt(at - 1)) >= 0;
    int end = text.indexOf('\n', at);
    take(in == DOUBLE || !beginsWord ? 1 : (end < 0 ? text.length() : end) - at);
  }

  private char innermost() {
    return open.isEmpty() ? NOTHING : open.peek();
  }

  private void take(int count) {
    int end = Math.min(text.length(), at + count);
    result.append(text, at, end);
    at = end;
  }
}
