package dev.carillon.examples.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.examples.Outcome;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line, and what it rests on. */
final class MainTest {
  @Test
  @Covers({"C4", "C12"})
  void pipeline_onEveryDevice_multipliesWithinTheTolerance() throws Exception {
    Outcome outcome = Outcome.of("device-pipeline", "--seed", "2");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out())
        .contains("cpu:0 ")
        .containsPattern("the worst is off by 0\\.\\d{3} of the tolerance")
        .containsPattern("  multiply \\|[.0-7]+\\|");
    if (!Boolean.getBoolean("carillon.opencl.skip")) {
      assertThat(outcome.out())
          .as("apt-get install pocl-opencl-icd ocl-icd-libopencl1 brings one")
          .contains("opencl:0 ")
          .contains("its stream waits for the CPU: GATE");
    }
  }

  @Test
  void error_ofAProductThatIsWrong_isMoreThanTheTolerance() {
    int n = 4;
    float[] a = new float[n * n];
    float[] b = new float[n * n];
    float[] product = new float[n * n];
    Matrix.fill(a, new SplittableRandom(1));
    Matrix.fill(b, new SplittableRandom(2));
    Matrix.multiply(a, b, product, n);
    assertThat(Matrix.error(a, b, product, n)).isLessThan(1);
    product[5] += 1e-5f;
    assertThat(Matrix.error(a, b, product, n)).isGreaterThan(1);
    product[5] = Float.NaN;
    assertThat(Matrix.error(a, b, product, n)).isGreaterThan(1);
  }

  @Test
  void line_ofSpans_showsWhichMatrixWasInTheStage() {
    List<Pipeline.Span> spans =
        List.of(
            new Pipeline.Span(0, 1, 0, 500),
            new Pipeline.Span(1, 1, 500, 1000),
            new Pipeline.Span(1, 2, 0, 1000));
    assertThat(Main.line(spans, 1, 1000)).isEqualTo("0".repeat(36) + "1".repeat(35) + ".");
  }
}
