package dev.carillon.examples.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PacedModelTest {
  private static final float[] FOUND = new float[SoftmaxClassifier.CLASSES];

  @Test
  void probabilities_ofABatch_takeTheTimeOfTheBatchAndOfEachImage() throws Exception {
    var paced =
        new PacedModel(
            batch -> Collections.nCopies(batch.size(), FOUND),
            Duration.ofMillis(5),
            Duration.ofMillis(2));
    Image image = Image.of(new float[Image.PIXELS]);
    long start = System.nanoTime();
    assertThat(paced.probabilities(List.of(image, image, image))).hasSize(3);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(11_000_000);
    assertThat(paced.time(16)).isEqualTo(Duration.ofMillis(37));
  }
}
