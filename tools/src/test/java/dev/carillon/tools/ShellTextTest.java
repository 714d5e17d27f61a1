package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Placeholders in commands, as real shells read them. */
final class ShellTextTest {
  private static final Map<String, String> VARIABLES = Map.of("{path}", "CARILLON_PATH");

  /** Each of them does something if a shell reads it: what it runs makes the file HIT. */
  private static final List<String> EVIL =
      List.of(
          "a b",
          "$(touch HIT)",
          "`touch HIT`",
          ";touch HIT;",
          "&& touch HIT #",
          "| touch HIT",
          "x\ntouch HIT\n",
          "'; touch HIT; '",
          "\"; touch HIT; \"",
          "\"$(touch HIT)\"",
          "'\"$(touch HIT)\"'",
          "$CARILLON_PATH ${HOME}",
          "* ? [a-z]* ~",
          "-rf --",
          "\\",
          "a\\",
          "{path}",
          "  two  blanks  ",
          "<HIT >HIT",
          "!!",
          "ünïcödé ☃",
          "%s %n");

  /** Where a placeholder can stand, and what is around its value then. */
  private static final Map<String, String> PLACES = new LinkedHashMap<>();

  static {
    PLACES.put("show {path}", "<%s>");
    PLACES.put("show \"{path}\"", "<%s>");
    PLACES.put("show '{path}'", "<%s>");
    PLACES.put("show 'in {path}!'", "<in %s!>");
    PLACES.put("show \"in {path}!\"", "<in %s!>");
    PLACES.put("show in/{path}.bak", "<in/%s.bak>");
    PLACES.put("show \"it's {path}\"", "<it's %s>");
    PLACES.put("show \\'{path}", "<'%s>");
    PLACES.put("show \"\\\"{path}\"", "<\"%s>");
    PLACES.put("show '\"'{path}'\"'", "<\"%s\">");
    PLACES.put("show \"$(show {path})\"", "<<%s>>");
    PLACES.put("show \"$(show \"{path}\")\"", "<<%s>>");
    PLACES.put("show \"$(show '{path}')\"", "<<%s>>");
    PLACES.put("show \"`show {path}`\"", "<<%s>>");
    PLACES.put("(show {path})", "<%s>");
    PLACES.put("{ show {path}; }", "<%s>");
    PLACES.put("for f in {path}; do show \"$f\"; done", "<%s>");
    PLACES.put("x={path}; show \"$x\"", "<%s>");
    PLACES.put("# isn't {path}\nshow {path}", "<%s>");
    PLACES.put("show a#'{path}'", "<a#%s>");
    PLACES.put("if true; then show {path}; fi", "<%s>");
    PLACES.put("show {path}{path}", "<%1$s%1$s>");
  }

  @TempDir private Path place;

  @Test
  void values_whereverTheyAre_areOneWordAndNeverRun() throws Exception {
    for (Map.Entry<String, String> each : PLACES.entrySet()) {
      assertThat(shown(each.getKey()))
          .as(each.getKey())
          .isEqualTo(EVIL.stream().map(evil -> each.getValue().formatted(evil)).toList());
    }
    assertThat(place).isEmptyDirectory();
  }

  /** In a here-document quotes are no quotes, so that they are seen; and nothing is run either. */
  @Test
  void values_inAHereDocument_areNotRun() throws Exception {
    assertThat(shown("cat <<END\nit's {path}\nEND"))
        .isEqualTo(EVIL.stream().map(evil -> "it's '\"" + evil + "\"'\n").toList());
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void text_withoutPlaceholders_isLeftAlone() {
    for (String text :
        List.of(
            "", "{", "echo {pat}", "awk '{print $1}'", "a \\{path}", "echo $((1 + 2)) ${x:-y}")) {
      assertThat(ShellText.withVariables(text, VARIABLES)).isEqualTo(text);
    }
  }

  @Test
  void text_thatEndsTooEarly_isLeftToTheShell() {
    assertThat(ShellText.withVariables("echo \"{path}", VARIABLES))
        .isEqualTo("echo \"${CARILLON_PATH}");
    assertThat(ShellText.withVariables("echo \\", VARIABLES)).isEqualTo("echo \\");
    assertThat(ShellText.withVariables("echo ) {path}", VARIABLES))
        .isEqualTo("echo ) \"${CARILLON_PATH}\"");
  }

  /** {@return what a shell prints of a command with each of the values} */
  private List<String> shown(String text) throws Exception {
    String command =
        """
        show() { printf '<%%s>' "$@"; }
        command() {
        %s
        }
        for CARILLON_PATH; do
          command
          printf '\\001'
        done
        """
            .formatted(ShellText.withVariables(text, VARIABLES));
    var arguments = new ArrayList<>(List.of("sh", "-c", command, "sh"));
    arguments.addAll(EVIL);
    Process process =
        new ProcessBuilder(arguments).directory(place.toFile()).redirectErrorStream(true).start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(Patience.LONG)).isTrue();
      assertThat(printed).endsWith("\1");
      return List.of(printed.substring(0, printed.length() - 1).split("\1", -1));
    } finally {
      process.destroyForcibly();
    }
  }
}
