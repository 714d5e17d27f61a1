package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C ends a real JVM that runs the demonstration. */
final class DemoSignalTest {
  @TempDir private Path place;

  @Test
  void interrupt_whileItRuns_endsCleanlyWith130() throws Exception {
    Process process = JvmProcess.carillon(Map.of("CARILLON_HOME", place.toString()), "demo");
    try (BufferedReader out = process.inputReader(UTF_8);
        BufferedReader err = process.errorReader(UTF_8)) {
      assertThat(out.readLine()).startsWith("Carillon takes a census");
      Patience.until("classes are kept", this::hasClasses);
      JvmProcess.interrupt(process);
      JvmProcess.requireExit(process, 130);
      assertThat(out.readAllLines()).isEmpty();
      assertThat(err.readAllLines()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
    assertKept();
  }

  /** What was kept until then can be read: it has no end that has to be cut off. */
  private void assertKept() throws Exception {
    Path errors = place.resolve("errors");
    Process process = JvmProcess.carillon(errors, "history", "--limit=1000000", "--store", store());
    try (BufferedReader out = process.inputReader(UTF_8)) {
      List<String> kept = out.lines().toList();
      JvmProcess.requireExit(process, 0);
      assertThat(kept.getFirst()).contains(" census.started ");
      assertThat(kept).anyMatch(line -> line.contains(" census.class.measured "));
      assertThat(errors).isEmptyFile();
    } finally {
      process.destroyForcibly();
    }
  }

  private boolean hasClasses() throws IOException {
    Path first = Path.of(store(), "census", "00000000000000000001.seg");
    return Files.exists(first)
        && Files.readString(first, ISO_8859_1).contains("census.class.measured");
  }

  private String store() {
    return place.resolve("history").toString();
  }
}
