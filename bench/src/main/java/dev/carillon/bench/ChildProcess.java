package dev.carillon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JVM that is asked things over its standard input, and answers each with a line. */
final class ChildProcess implements AutoCloseable {
  private static final char READY = '>';
  private static final String RESIDENT = "VmRSS:";
  private static final int KIB = 1024;

  private final Process process;
  private final BufferedReader answers;
  private final String said;

  private ChildProcess(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    this.said = answer("ready?");
  }

  /** {@return a process of a class whose main method calls {@link #answer}, once that does} */
  static ChildProcess start(Class<?> main, List<String> jvmArgs, String... args) {
    return new ChildProcess(Fork.ready(main, jvmArgs, args));
  }

  /** Answers, in the child. */
  interface Answers {
    String to(String command) throws IOException;
  }

  /**
   * Says something, then answers until the input ends, and ends the process. For the child.
   *
   * @param said what the parent is told first
   * @param answers to what it asks then
   */
  static void answer(String said, Answers answers) throws IOException {
    System.out.println(READY + said);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(answers.to(line));
    }
    System.exit(0);
  }

  /** {@return what the child said first} */
  String said() {
    return said;
  }

  /** {@return the child's answer} */
  String ask(String command) {
    tell(command);
    return answer(command);
  }

  /** Asks something, the answer to which is to be fetched by {@link #answer}. */
  void tell(String command) {
    try {
      process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new BenchmarkException("a fork failed: command=" + command, e);
    }
  }

  /** {@return the answer to what was asked} */
  String answer(String command) {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new BenchmarkException("a fork failed: command=" + command);
      }
      return line;
    } catch (IOException e) {
      throw new BenchmarkException("a fork failed: command=" + command, e);
    }
  }

  /** {@return the system's number of the process} */
  long pid() {
    return process.pid();
  }

  /** {@return how many bytes of it are in memory} */
  long resident() {
    Path status = Path.of("/proc/" + pid() + "/status");
    try (var lines = Files.lines(status)) {
      String size = lines.filter(line -> line.startsWith(RESIDENT)).findFirst().orElseThrow();
      return KIB * Long.parseLong(size.replaceAll("[^0-9]", ""));
    } catch (IOException e) {
      throw new BenchmarkException("a process ended while it was watched: process=" + pid(), e);
    }
  }

  /** Ends the process at once. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
