package dev.carillon.bus;

/**
 * A name of topics in which {@code *} stands for any one token, and {@code >}, as the last token,
 * for any one or more.
 *
 * <p>{@code orders.*.created} matches {@code orders.eu.created}; {@code orders.>} matches all below
 * {@code orders}, but not {@code orders} itself. A name is a pattern too, which matches itself.
 *
 * <p>Topics whose names begin with {@code $} are the bus's own. Only a pattern whose first token is
 * theirs matches them: {@code $bus.>} does, {@code >} does not, so whoever listens to everything
 * does not hear what the bus says about it.
 *
 * <p>Immutable. Two patterns are equal if they are written alike.
 */
public final class TopicPattern {
  private final String text;
  private final boolean isLiteral;

  private TopicPattern(String text) {
    TopicNames.checkPattern(text);
    this.text = text;
    this.isLiteral = text.indexOf('*') < 0 && text.indexOf('>') < 0;
  }

  /**
   * {@return a pattern}
   *
   * @param pattern tokens as those of a topic's name, or {@code *}, or {@code >} as the last
   * @throws IllegalArgumentException if a rule is broken, naming rule and value
   */
  public static TopicPattern of(String pattern) {
    return new TopicPattern(pattern);
  }

  /**
   * {@return whether this pattern matches a topic's name}
   *
   * @param name the name
   * @throws IllegalArgumentException if no topic can have the name
   */
  public boolean matches(String name) {
    TopicNames.check(name);
    return agrees(text, name);
  }

  /** {@return whether this pattern matches a topic's name} */
  boolean matchesValid(String name) {
    return agrees(text, name);
  }

  /** {@return whether this pattern has no wildcards and so matches one name only} */
  public boolean isLiteral() {
    return isLiteral;
  }

  /**
   * {@return whether this pattern matches all that another one matches} That names have a greatest
   * length is left out of account.
   *
   * @param other the other pattern
   */
  public boolean covers(TopicPattern other) {
    return agrees(text, other.text);
  }

  /** {@return whether a pattern matches a name, or all names of a pattern} */
  private static boolean agrees(String pattern, String name) {
    if (TopicNames.isReserved(name) && !TopicNames.isReserved(pattern)) {
      return false;
    }
    int at = 0;
    int from = 0;
    while (true) {
      char first = pattern.charAt(at);
      if (first == '>') {
        return true;
      }
      int end = TopicNames.end(pattern, at);
      int to = TopicNames.end(name, from);
      boolean agrees =
          first == '*'
              ? name.charAt(from) != '>'
              : end - at == to - from && pattern.regionMatches(at, name, from, to - from);
      boolean isLast = end == pattern.length() || to == name.length();
      if (!agrees || isLast) {
        return agrees && end == pattern.length() && to == name.length();
      }
      at = end + 1;
      from = to + 1;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TopicPattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** {@return the pattern as it was written} */
  @Override
  public String toString() {
    return text;
  }
}
