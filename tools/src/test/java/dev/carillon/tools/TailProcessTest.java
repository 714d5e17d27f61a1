package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carillon tail} in a real JVM, with real pipes. */
final class TailProcessTest {
  private static final String DEPTH_AND_ANCESTORS = "\"depth\":\\d+,\"ancestors\":\\d+}}";

  private static final int ALMOST_ALL = 60_000; // of the bytes that a pipe holds

  @TempDir private Path place;

  @Test
  void closedPipe_inTheMiddle_leavesTheCommandAlone() throws Exception {
    Path errors = place.resolve("errors");
    Process process =
        JvmProcess.carillon(
            errors, "tail", "--json", "census.class.*", "--", "demo", "--hang=java.lang.Enum");
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).endsWith("\"depth\":0,\"ancestors\":0}}");
      assertThat(out.readLine()).containsPattern(DEPTH_AND_ANCESTORS + "$");
      process.getInputStream().close();
      JvmProcess.requireExit(process, 4);
      assertThat(Files.readAllLines(errors))
          .anyMatch(line -> line.endsWith("wait for java.lang.Enum, itself among them:"))
          .anyMatch(line -> line.matches("carillon tail: .* messages, then nobody read any more"))
          .noneMatch(line -> line.startsWith("\tat "));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void exitCode_isThatOfTheCommand() throws Exception {
    Path errors = place.resolve("errors");
    Process process =
        JvmProcess.carillon(
            errors, "tail", "census.finished", "--", "demo", "--hang=java.lang.Enum");
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readAllLines()).singleElement().asString().contains(" census.finished ");
      JvmProcess.requireExit(process, 4);
      assertThat(Files.readAllLines(errors)).last().isEqualTo("carillon tail: 1 message");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void interrupt_whileNobodyReads_endsCleanlyWith130() throws Exception {
    Process process = JvmProcess.carillon("tail", "census.>", "--", "demo");
    try (BufferedReader err = process.errorReader(UTF_8)) {
      assertThat(err.readLine()).startsWith("Carillon takes a census");
      Patience.until("the pipe is full", () -> process.getInputStream().available() > ALMOST_ALL);
      JvmProcess.interrupt(process);
      JvmProcess.requireExit(process, 130);
      assertThat(err.readAllLines()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }
}
