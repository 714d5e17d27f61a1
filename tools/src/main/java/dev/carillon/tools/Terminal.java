package dev.carillon.tools;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Where a command prints for people. Safe for use by any thread. */
final class Terminal implements AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean live;
  private final boolean styled;

  // guarded by this
  private boolean statusShown;
  private boolean closed;

  /**
   * Prints to {@code out}.
   *
   * @param live whether a person watches, so that a line may be replaced
   * @param styled whether text may be emphasised
   */
  Terminal(PrintWriter out, boolean live, boolean styled) {
    this.out = out;
    this.live = live;
    this.styled = styled;
  }

  /**
   * {@return a terminal that can do what the environment lets it}
   *
   * @param watched whether a person is there
   */
  static Terminal of(PrintWriter out, boolean watched, Map<String, String> environment) {
    boolean live = watched && !"dumb".equals(environment.get("TERM"));
    return new Terminal(out, live, live && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** {@return whether the JVM runs on a terminal} */
  @SuppressWarnings("SystemConsoleNull") // it is null, again, where there is no terminal
  static boolean isWatched() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** {@return whether a person watches, who is shown the status} */
  boolean isLive() {
    return live;
  }

  /** Shows a line until the next one is printed; nothing unless a person watches. */
  synchronized void status(String line) {
    if (live && !closed) {
      out.print(CLEAR_LINE + line);
      out.flush();
      statusShown = true;
    }
  }

  synchronized void println(String line) {
    if (!closed) {
      clearStatus();
      out.println(line);
      out.flush();
    }
  }

  /** Takes the status line away; what is printed later is dropped. */
  @Override
  public synchronized void close() {
    clearStatus();
    out.flush();
    closed = true;
  }

  private synchronized void clearStatus() {
    if (statusShown) {
      out.print(CLEAR_LINE);
      statusShown = false;
    }
  }

  /** {@return the text, to be emphasised where that is possible} */
  String bold(String text) {
    return styled ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** {@return the number with its thousands apart, {@code 27 045}} */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }
}
