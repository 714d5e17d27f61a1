package dev.carillon.bus;

/** The rules for names of topics, and for patterns over them. */
final class TopicNames {
  /** The most tokens of a name, beside the first of a reserved one. */
  static final int MOST_TOKENS = 16;

  /** The most characters of a name, beside the first token of a reserved one. */
  static final int MOST_CHARS = 255;

  /** The most characters of a reserved name's first token. */
  static final int MOST_RESERVED = 16;

  /** What the names of anonymous signals begin with. */
  static final String SIGNALS = "$signal.";

  private static final char RESERVED = '$';

  private TopicNames() {}

  /** {@return whether a name or pattern is one of the bus's own} */
  static boolean isReserved(String name) {
    return !name.isEmpty() && name.charAt(0) == RESERVED;
  }

  /** Fails unless users may publish on the topic of this name. */
  static void checkForUsers(String name) {
    if (isReserved(name) && !name.startsWith(SIGNALS)) {
      throw new IllegalArgumentException(
          "topics that begin with '$' are published on by the bus only: topic=\"" + name + "\"");
    }
  }

  /** Fails unless users may give a topic this name. */
  static void checkOpen(String name) {
    if (isReserved(name)) {
      throw new IllegalArgumentException(
          "names that begin with '$' are reserved for the bus: topic=\"" + name + "\"");
    }
    check("topic", name, false);
  }

  /** Fails unless a topic of the bus's own or of users may have this name. */
  static void check(String name) {
    check("topic", name, false);
  }

  /** Fails unless a text is a pattern. */
  static void checkPattern(String pattern) {
    check("pattern", pattern, true);
  }

  private static void check(String what, String text, boolean wildcards) {
    int from = isReserved(text) ? afterReserved(what, text) : 0;
    int length = text.length() - from;
    if (length < 1 || length > MOST_CHARS) {
      throw new IllegalArgumentException(
          "a %s must have 1 to %d characters: characters=%d %s=\"%s\""
              .formatted(what, MOST_CHARS, length, what, text));
    }
    int tokens = 0;
    for (int start = from; start <= text.length(); tokens++) {
      int end = end(text, start);
      checkToken(what, text, start, end, wildcards);
      start = end + 1;
    }
    if (tokens > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "a %s must have 1 to %d tokens: tokens=%d %s=\"%s\""
              .formatted(what, MOST_TOKENS, tokens, what, text));
    }
  }

  /** {@return where a reserved name goes on after its first token, which it has to} */
  private static int afterReserved(String what, String text) {
    int end = end(text, 0);
    if (end == text.length() || end > MOST_RESERVED) {
      throw new IllegalArgumentException(
          "a reserved %s must begin with a token of 2 to %d characters, and go on: %s=\"%s\""
              .formatted(what, MOST_RESERVED, what, text));
    }
    checkToken(what, text, 1, end, false);
    return end + 1;
  }

  private static void checkToken(String what, String text, int start, int end, boolean wildcards) {
    boolean isWildcard =
        wildcards && end == start + 1 && (text.charAt(start) == '*' || text.charAt(start) == '>');
    if (isWildcard) {
      if (text.charAt(start) == '>' && end < text.length()) {
        throw new IllegalArgumentException(
            "'>' must be the last token: position=%d pattern=\"%s\"".formatted(start + 1, text));
      }
      return;
    }
    boolean isGood = end > start;
    for (int i = start; i < end; i++) {
      isGood &= isTokenChar(text.charAt(i));
    }
    if (!isGood) {
      throw new IllegalArgumentException(
          "a token must be %sone or more of A-Z a-z 0-9 _ -: token=\"%s\" at position %d of %s \"%s\""
              .formatted(
                  wildcards ? "'*' or '>' or " : "",
                  text.substring(start, end),
                  start + 1,
                  what,
                  text));
    }
  }

  private static boolean isTokenChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  /** {@return where the token ends that starts at some place} */
  static int end(String text, int start) {
    int dot = text.indexOf('.', start);
    return dot < 0 ? text.length() : dot;
  }
}
