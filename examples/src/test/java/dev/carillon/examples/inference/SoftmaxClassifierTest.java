package dev.carillon.examples.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SoftmaxClassifierTest {
  private static final List<Typeface> PENS = StrokeTypefaces.all();

  @Test
  void training_onPens_tellsWhatItHasNotSeen() {
    Training training = Training.run(PENS);
    assertThat(training.accuracy()).isGreaterThan(0.95);
    assertThat(training.heldOut()).isEqualTo(2000);
  }

  @Test
  void train_again_comesOutTheSame() {
    Image image = new Digits(PENS, 5).next().image();
    float[] once = trainedOnFew().probabilities(image);
    assertThat(trainedOnFew().probabilities(image)).isEqualTo(once);
  }

  private static SoftmaxClassifier trainedOnFew() {
    return SoftmaxClassifier.train(new Digits(PENS, 1).take(50), 1);
  }

  @Test
  void probabilities_ofAnImage_addUpToOne() {
    float[] found = trainedOnFew().probabilities(new Digits(PENS, 2).next().image());
    assertThat(IntStream.range(0, 10).mapToDouble(c -> found[c]).sum()).isBetween(0.9999, 1.0001);
    assertThat(found).hasSize(SoftmaxClassifier.CLASSES).doesNotContain(Float.NaN);
  }

  @Test
  void digits_ofOneSeed_areTheSameAndNotThoseOfAnother() {
    assertThat(pgm(1)).isEqualTo(pgm(1)).isNotEqualTo(pgm(2));
  }

  private static byte[] pgm(long seed) {
    return new Digits(PENS, seed).next().image().toPgm();
  }

  /** Each digit of a typeface is something, and unlike the others. */
  @Test
  void typefaces_eachDigit_isDrawnAndLikeNoOther() {
    assertThat(PENS).hasSize(6);
    for (Typeface pen : PENS) {
      assertThat(pen.digits()).hasSize(10).doesNotHaveDuplicates();
      for (float[] digit : pen.digits()) {
        double ink = IntStream.range(0, digit.length).mapToDouble(i -> digit[i]).sum();
        assertThat(ink / digit.length).as(pen.name()).isBetween(0.02, 0.4);
      }
    }
  }

  /** On a machine without fonts these are the pens once more, as in the example. */
  @Test
  void training_onWhatTheExampleUsesHere_tellsWhatItHasNotSeen() {
    assertThat(Training.run(Show.typefaces()).accuracy()).isGreaterThan(0.9);
  }

  @Test
  void fonts_inAJdkWithoutAwt_areNone() throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(List.of("--limit-modules", "java.base"), FontProbe.class))
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(Patience.LONG)).isTrue();
    assertThat(out.strip()).isEqualTo("0 fonts, 6 pens");
  }

  /** Run in a JVM of its own. */
  static final class FontProbe {
    public static void main(String[] arguments) {
      System.out.println(
          FontTypefaces.all().size() + " fonts, " + StrokeTypefaces.all().size() + " pens");
    }
  }
}
