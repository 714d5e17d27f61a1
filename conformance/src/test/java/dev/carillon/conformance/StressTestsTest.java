package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * jcstress runs no test for which it has too few processors, nor one that its JVM cannot load, and
 * says that all is well. So its reports are looked at: each test has one, with a run that was.
 */
final class StressTestsTest {
  private static final Path BUILT = Repository.root().resolve("stress/target");
  private static final Pattern NAME =
      Pattern.compile("(?m)^JCTEST\\d+S(dev\\.carillon\\.[\\w.]+?)\\d+S");

  @Test
  void reports_ofAllTests_sayThatTheyRan() {
    List<String> tests =
        NAME.matcher(Repository.text(BUILT.resolve("classes/META-INF/TestList")))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(tests).hasSizeGreaterThan(200);
    assertThat(tests)
        .as("run by ./mvnw verify; tests of three actors are named in stress/pom.xml")
        .allMatch(test -> hasRun("jcstress", test) || hasRun("jcstress-three-actors", test));
  }

  private static boolean hasRun(String reports, String test) {
    Path report = BUILT.resolve(reports).resolve(test + ".html");
    return Files.exists(report) && Repository.text(report).contains(">OK</td>");
  }
}
