package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TerminalTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  @Test
  void status_onATerminal_givesWayToTheNextLine() {
    var terminal = new Terminal(out, true, true);
    terminal.status("half");
    terminal.println("done");
    assertThat(text.toString()).isEqualTo("\r\u001b[Khalf\r\u001b[Kdone" + System.lineSeparator());
  }

  @Test
  void status_elsewhere_isNotPrinted() {
    var terminal = new Terminal(out, false, false);
    terminal.status("half");
    terminal.println("done");
    assertThat(text.toString()).isEqualTo("done" + System.lineSeparator());
  }

  @Test
  void close_withStatus_clearsItAndDropsWhatFollows() {
    var terminal = new Terminal(out, true, false);
    terminal.status("half");
    terminal.close();
    terminal.status("more");
    terminal.println("done");
    assertThat(text.toString()).isEqualTo("\r\u001b[Khalf\r\u001b[K");
  }

  @Test
  void bold_withoutStyle_isPlain() {
    assertThat(new Terminal(out, true, false).bold("text")).isEqualTo("text");
    assertThat(new Terminal(out, true, true).bold("text")).isEqualTo("\u001b[1mtext\u001b[0m");
  }

  @Test
  void of_environment_saysWhatATerminalCanDo() {
    assertThat(shownBy(true, Map.of())).contains("status", "\u001b[1m");
    assertThat(shownBy(true, Map.of("NO_COLOR", ""))).contains("status", "\u001b[1m");
    assertThat(shownBy(true, Map.of("NO_COLOR", "1")))
        .contains("status")
        .doesNotContain("\u001b[1m");
    assertThat(shownBy(true, Map.of("TERM", "dumb"))).isEqualTo("text");
    assertThat(shownBy(false, Map.of())).isEqualTo("text");
  }

  private static String shownBy(boolean watched, Map<String, String> environment) {
    var shown = new StringWriter();
    try (Terminal terminal = Terminal.of(new PrintWriter(shown), watched, environment)) {
      terminal.status("status");
      terminal.println(terminal.bold("text"));
    }
    return shown.toString().stripTrailing();
  }

  @Test
  void count_ofThousands_setsThemApart() {
    assertThat(Terminal.count(27045)).isEqualTo("27 045");
    assertThat(Terminal.count(7)).isEqualTo("7");
  }
}
