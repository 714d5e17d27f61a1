package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A test that was skipped proves nothing, so none is: read from the reports of all modules. Only
 * those of OpenCL may be, by who says that there is none on the machine.
 */
final class SkippedTestsTest {
  private static final boolean IS_WITHOUT_OPENCL = Boolean.getBoolean("carillon.opencl.skip");

  @Test
  void reports_nameNoSkippedTest() throws IOException {
    try (Stream<Path> modules = Files.list(Repository.root())) {
      List<Path> reports =
          modules
              .map(module -> module.resolve("target/surefire-reports"))
              .filter(Files::isDirectory)
              .flatMap(SkippedTestsTest::reports)
              .toList();
      assertThat(reports)
          .allSatisfy(report -> assertThat(Repository.text(report)).doesNotContain("<skipped"));
    }
  }

  private static Stream<Path> reports(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".xml"))
          .filter(file -> !(IS_WITHOUT_OPENCL && file.toString().contains("dev.carillon.opencl.")))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
