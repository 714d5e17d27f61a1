package dev.carillon.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check that every landed requirement has a test. */
final class RequirementsTest {
  @TempDir Path root;

  /** A compiled class to be found; the ids are of this test's own tables only. */
  @Covers("T1")
  static final class Subject {
    @Covers({"T2", "T3"})
    void method_condition_result() {}
  }

  @BeforeEach
  void compileSubject() throws IOException {
    Path classes = Files.createDirectories(root.resolve("module/target/test-classes"));
    try (InputStream subject =
        Subject.class.getResourceAsStream("RequirementsTest$Subject.class")) {
      Files.copy(subject, classes.resolve("Subject.class"));
    }
  }

  @Test
  void check_whenAllIsWell_writesTheTests() throws IOException {
    table(row("T1", "yes", ""), row("T2", "yes", "old"), row("T3", "planned", ""));
    assertThat(Requirements.check(root, false)).isEmpty();
    assertThat(table())
        .contains(
            row("T1", "yes", "RequirementsTest.Subject"),
            row("T2", "yes", "RequirementsTest.Subject#method_condition_result"),
            row("T3", "planned", "RequirementsTest.Subject#method_condition_result"));
    assertThat(Requirements.check(root, true)).isEmpty();
  }

  @Test
  void check_landedWithoutTest_names() throws IOException {
    table(row("T1", "yes", ""), row("T2", "yes", ""), row("T3", "yes", ""), row("T4", "yes", ""));
    assertThat(Requirements.check(root, false))
        .containsExactly("T4 has landed but no test covers it");
  }

  @Test
  void check_plannedWithoutTest_passes() throws IOException {
    table(
        row("T1", "yes", ""), row("T2", "yes", ""), row("T3", "yes", ""), row("T4", "planned", ""));
    assertThat(Requirements.check(root, false)).isEmpty();
  }

  @Test
  void check_unknownId_namesItsTest() throws IOException {
    table(row("T1", "yes", ""), row("T2", "yes", ""));
    assertThat(Requirements.check(root, false))
        .containsExactly(
            "T3 is no requirement, but covered by RequirementsTest.Subject#method_condition_result");
  }

  @Test
  void check_frozenAndOutOfDate_failsAndLeavesTheFile() throws IOException {
    String[] rows = {row("T1", "yes", ""), row("T2", "yes", ""), row("T3", "yes", "")};
    table(rows);
    assertThat(Requirements.check(root, true)).singleElement().asString().contains("out of date");
    assertThat(table()).contains(rows);
  }

  @Test
  void check_malformedOrDoubleRow_names() throws IOException {
    table(
        row("T1", "yes", ""),
        row("T1", "yes", ""),
        row("T2", "yes", ""),
        row("T3", "yes", ""),
        row("T4", "maybe", ""));
    assertThat(Requirements.check(root, false))
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).isEqualTo("T1 is listed twice"))
        .anySatisfy(line -> assertThat(line).startsWith("not of the form").contains("T4"));
  }

  private static String row(String id, String landed, String tests) {
    return "| %s | Some sentence. | %s |%s|"
        .formatted(id, landed, tests.isEmpty() ? " " : " " + tests + " ");
  }

  private void table(String... rows) throws IOException {
    Files.createDirectories(root.resolve("docs"));
    Files.writeString(
        root.resolve("docs/requirements.md"),
        "# Requirements\n\n| id | requirement | landed | tests |\n|---|---|---|---|\n"
            + String.join("\n", rows)
            + "\n");
  }

  private String table() throws IOException {
    return Files.readString(root.resolve("docs/requirements.md"));
  }
}
