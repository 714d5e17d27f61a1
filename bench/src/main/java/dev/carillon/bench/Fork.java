package dev.carillon.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class in a JVM of its own. */
final class Fork {
  private Fork() {}

  /** {@return what the class prints} */
  static String output(Class<?> main, List<String> jvmArgs, String... args) {
    List<String> command = command(main, jvmArgs, args);
    try {
      Process process = start(command);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new BenchmarkException("a fork failed: exit=" + exit + " command=" + command);
      }
      return output;
    } catch (IOException e) {
      throw new BenchmarkException("a fork failed: command=" + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted while a fork ran: command=" + command, e);
    }
  }

  /** {@return the class's process, once it has printed something} Whoever asked for it ends it. */
  static Process ready(Class<?> main, List<String> jvmArgs, String... args) {
    List<String> command = command(main, jvmArgs, args);
    try {
      Process process = start(command);
      if (process.getInputStream().read() < 0) {
        throw new BenchmarkException("a fork failed: command=" + command);
      }
      return process;
    } catch (IOException e) {
      throw new BenchmarkException("a fork failed: command=" + command, e);
    }
  }

  private static List<String> command(Class<?> main, List<String> jvmArgs, String... args) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArgs);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    return command;
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
