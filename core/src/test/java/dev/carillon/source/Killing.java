package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A child JVM that prints what it handles, line by line, and is killed. */
final class Killing implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final List<String> printed = new ArrayList<>();

  Killing(Class<?> program, String... args) throws IOException {
    process =
        new ProcessBuilder(ChildJvm.command(program, args))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Reads what it prints, until there are so many lines. */
  void await(int lines) throws IOException {
    while (printed.size() < lines) {
      printed.add(next());
    }
  }

  /** Reads what it prints up to a certain line. */
  void await(String line) throws IOException {
    String next;
    do {
      next = next();
      printed.add(next);
    } while (!next.equals(line));
  }

  /** {@return all that it has printed so far, and that can be read without waiting} */
  List<String> readMore() throws IOException {
    while (out.ready()) {
      printed.add(next());
    }
    return printed;
  }

  private String next() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("the program has ended by itself, after " + printed.size());
    }
    return line;
  }

  /** Kills it: {@return all that it had printed} */
  List<String> kill() throws Exception {
    process.toHandle().destroyForcibly(); // which leaves the pipe open
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      printed.add(line);
    }
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    return printed;
  }

  /** Prints a line, for the program. */
  static void print(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
