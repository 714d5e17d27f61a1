package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ctrl-C ends a real JVM that runs the demonstration. */
final class DemoSignalTest {
  @Test
  void interrupt_whileItRuns_endsCleanlyWith130() throws Exception {
    Process process = start("demo");
    try (BufferedReader out = process.inputReader(UTF_8);
        BufferedReader err = process.errorReader(UTF_8)) {
      assertThat(out.readLine()).startsWith("Carillon takes a census");
      interrupt(process);
      assertThat(process.waitFor(Patience.LONG)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(out.readAllLines()).isEmpty();
      assertThat(err.readAllLines()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String... args) throws Exception {
    var command = new ArrayList<String>();
    // a background job of a shell ignores the signal, and so would the JVM that inherits that
    List<String> restored = List.of("env", "--default-signal=INT");
    if (canRun(restored)) {
      command.addAll(restored);
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).start();
  }

  private static boolean canRun(List<String> prefix) throws Exception {
    var command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void interrupt(Process process) throws Exception {
    var kill = new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
