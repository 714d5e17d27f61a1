package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Requirements;
import org.junit.jupiter.api.Test;

/** Every requirement that has landed has a test, and docs/requirements.md says which. */
final class RequirementsTest {
  @Test
  void landedRequirements_haveTests() {
    boolean frozen = "true".equals(System.getenv("CI"));
    assertThat(Requirements.check(Repository.root(), frozen)).isEmpty();
  }
}
