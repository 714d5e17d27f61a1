package dev.carillon.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;

/** Prints the lines of a reader, each with a label before it. */
final class LabelledLines {
  /** A longer line is printed in pieces. */
  static final int LONGEST = 8192;

  private final String label;
  private final PrintWriter out;
  private final StringBuilder line = new StringBuilder();

  private LabelledLines(String label, PrintWriter out) {
    this.label = "[" + label + "] ";
    this.out = out;
  }

  /** Begins to print: {@return the thread that does it until there is nothing more} */
  static Thread print(Reader from, String label, PrintWriter out) {
    return Thread.ofVirtual()
        .name("output of " + label)
        .start(() -> new LabelledLines(label, out).printAll(from));
  }

  void printAll(Reader from) {
    var read = new char[LONGEST];
    try (from) {
      for (int count = from.read(read); count >= 0; count = from.read(read)) {
        for (int i = 0; i < count; i++) {
          add(read[i]);
        }
      }
    } catch (IOException e) {
      out.println(label + "(its output cannot be read: " + e.getMessage() + ")");
    }
    if (!line.isEmpty()) {
      printLine();
    }
  }

  private void add(char c) {
    if (c != '\n') {
      line.append(c);
    }
    if (c == '\n' || line.length() == LONGEST) {
      printLine();
    }
  }

  private void printLine() {
    out.println(label + line);
    line.setLength(0);
  }
}
