package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import org.junit.jupiter.api.Test;

/** Ctrl-C ends a real JVM that runs the demonstration. */
final class DemoSignalTest {
  @Test
  void interrupt_whileItRuns_endsCleanlyWith130() throws Exception {
    Process process = JvmProcess.carillon("demo");
    try (BufferedReader out = process.inputReader(UTF_8);
        BufferedReader err = process.errorReader(UTF_8)) {
      assertThat(out.readLine()).startsWith("Carillon takes a census");
      JvmProcess.interrupt(process);
      JvmProcess.requireExit(process, 130);
      assertThat(out.readAllLines()).isEmpty();
      assertThat(err.readAllLines()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }
}
