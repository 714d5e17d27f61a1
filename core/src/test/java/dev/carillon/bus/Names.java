package dev.carillon.bus;

import dev.carillon.build.Gen;
import java.util.regex.Pattern;

/** Random names and patterns of few tokens, so that they meet; and what patterns mean, plainly. */
final class Names {
  private Names() {}

  /** {@return a name of one to four tokens; some are the bus's own} */
  static String name(Gen gen) {
    String own = gen.chance(0.15) ? gen.oneOf("$a.", "$b.") : "";
    return own + String.join(".", gen.listOf(1, 4, g -> g.oneOf("a", "b", "c", "aa")));
  }

  /** {@return a pattern of one to four tokens; some match the bus's own names} */
  static String pattern(Gen gen) {
    String own = gen.chance(0.15) ? gen.oneOf("$a.", "$b.") : "";
    String tokens =
        String.join(
            ".", gen.listOf(1, 4, g -> g.chance(0.35) ? "*" : g.oneOf("a", "b", "c", "aa")));
    return own
        + (gen.chance(0.3) ? tokens.substring(0, tokens.lastIndexOf('.') + 1) + ">" : tokens);
  }

  /** {@return what a pattern means} */
  static Pattern meaning(String pattern) {
    String regex =
        pattern.replace("$", "\\$").replace(".", "\\.").replace("*", "[^.]+").replace(">", ".+");
    boolean isForUsers = !pattern.startsWith("$");
    return Pattern.compile((isForUsers ? "(?!\\$)" : "") + regex);
  }
}
