package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What sources do about files and directories that they must not read. No permissions bind root, so
 * this is tried in a JVM of another user, if root it is that runs the tests.
 */
@Covers("C14")
class DeniedTest {
  private static final String NOBODY = "65534";

  private Path base; // not of JUnit's, which nobody else may enter

  @BeforeEach
  void makeDirectory() throws IOException {
    base = Files.createTempDirectory("carillon-denied");
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void delete() throws IOException {
    Deleting.tree(base);
  }

  private void run(String program) throws Exception {
    List<String> command = new ArrayList<>();
    String user = System.getProperty("user.name");
    if (user.equals("root")) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(":", classes(FileWatch.class, DeniedProgram.class, Patience.class)),
            DeniedProgram.class.getName(),
            program,
            base.toString()));
    Path output = Files.createTempFile("carillon-denied", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean hasEnded = process.waitFor(Patience.LONG.multipliedBy(2));
      process.destroyForcibly();
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(hasEnded).as(printed).isTrue();
      assertThat(printed).endsWith("ok\n");
    } finally {
      Files.delete(output);
    }
  }

  /** {@return where copies of classes are that anybody may read} */
  private List<String> classes(Class<?>... ofEach) throws Exception {
    List<String> copies = new ArrayList<>();
    for (Class<?> one : ofEach) {
      Path from = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path to = base.resolve("classes" + copies.size());
      copies.add(to.toString());
      try (Stream<Path> all = Files.walk(from)) {
        for (Path each : all.toList()) {
          Files.copy(each, to.resolve(from.relativize(each).toString()));
        }
      }
    }
    return copies;
  }

  @Test
  void watch_changeInAnUnreadableDirectory_isToldWhenItCanBeRead() throws Exception {
    run("watch");
  }

  @Test
  void watch_moreUnreadableDirectoriesThanItNotes_leadsToNoNewScan() throws Exception {
    run("full");
  }

  @Test
  void lines_unreadableFileBesideTheCopy_isPassedOver() throws Exception {
    run("copy");
  }

  @Test
  void lines_directoryThatCannotBeListed_leavesNoFileOpen() throws Exception {
    run("list");
  }
}
